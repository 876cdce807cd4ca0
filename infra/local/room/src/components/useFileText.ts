import { useEffect, useState } from "react";
import type { SharedFile } from "../api/types";

const LARGEST = 200_000;

/** What a text file holds: as the workspace sent it along, or else fetched from the workspace itself and nowhere else. */
export function useFileText(file: SharedFile): string | undefined {
  const [text, setText] = useState(file.preview ?? file.content);
  const source = file.url_private;
  const wanted = text === undefined && (file.mimetype ?? "").startsWith("text/") && (file.size ?? 0) <= LARGEST;
  useEffect(() => {
    if (!wanted || !source || new URL(source, window.location.href).origin !== window.location.origin) return undefined;
    const stop = new AbortController();
    void fetch(source, { signal: stop.signal })
      .then((answer) => (answer.ok ? answer.text() : undefined))
      .then(setText, () => undefined);
    return () => stop.abort();
  }, [source, wanted]);
  return text;
}
