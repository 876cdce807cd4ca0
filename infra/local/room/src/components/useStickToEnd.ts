import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";

interface StickToEnd {
  scroller: RefObject<HTMLDivElement | null>;
  /** The reader has scrolled up, well away from the end. */
  away: boolean;
  toEnd: () => void;
}

/** Keeps a list at its end while the reader is there, also when its content grows (an edit, an image). */
export function useStickToEnd(content: unknown[]): StickToEnd {
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [away, setAway] = useState(false);
  const toEnd = useCallback(() => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
  }, []);

  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
    // The list's content is what this depends on, as the caller gives it.
  }, [toEnd, ...content]);

  useEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    const note = () => {
      const below = box.scrollHeight - box.scrollTop - box.clientHeight;
      atEnd.current = below < 60;
      setAway(below > 400);
    };
    const follow = new ResizeObserver(() => {
      if (atEnd.current) toEnd();
    });
    follow.observe(box);
    if (box.firstElementChild) follow.observe(box.firstElementChild);
    box.addEventListener("scroll", note, { passive: true });
    return () => {
      follow.disconnect();
      box.removeEventListener("scroll", note);
    };
  }, [toEnd]);

  return { scroller, away, toEnd };
}
