// A small layer beside the thing it belongs to. It stays inside its parent in the document, so
// that it works within modal dialogs too.
import { autoUpdate, flip, offset, shift, size, useFloating, type Placement } from "@floating-ui/react-dom";
import { useEffect, useLayoutEffect, type ReactNode } from "react";

interface PopoverProps {
  anchor: HTMLElement | null;
  onClose: () => void;
  placement?: Placement;
  /** As wide as the anchor, at least. */
  matchWidth?: boolean;
  className?: string;
  children: ReactNode;
}

export function Popover({ anchor, onClose, placement = "bottom-start", matchWidth, className, children }: PopoverProps) {
  const { refs, floatingStyles, elements } = useFloating({
    strategy: "fixed",
    placement,
    whileElementsMounted: autoUpdate,
    middleware: [
      offset(6),
      flip({ padding: 8 }),
      shift({ padding: 8 }),
      size({
        padding: 8,
        apply: ({ rects, elements: parts, availableHeight }) => {
          parts.floating.style.maxHeight = `${Math.max(140, availableHeight)}px`;
          if (matchWidth) parts.floating.style.minWidth = `${rects.reference.width}px`;
        },
      }),
    ],
  });
  const floating = elements.floating;

  useLayoutEffect(() => refs.setReference(anchor), [anchor, refs]);

  useEffect(() => {
    const outside = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!floating?.contains(target) && !anchor?.contains(target)) onClose();
    };
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  }, [anchor, floating, onClose]);

  return (
    <div
      ref={refs.setFloating}
      className={`popover ${className ?? ""}`}
      style={floatingStyles}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        // Escape closes this layer only, not the dialog it may stand in.
        event.preventDefault();
        event.stopPropagation();
        onClose();
        anchor?.focus();
      }}
    >
      {children}
    </div>
  );
}
