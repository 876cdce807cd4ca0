// The browser's own modal dialog: it keeps the focus inside, makes the page behind inert and
// gives the focus back when it closes.
import { useEffect, useRef, type ReactNode } from "react";

interface DialogProps {
  label: string;
  className: string;
  testId: string;
  onClose: () => void;
  /** Off where a stray click would lose what somebody typed. */
  closeOnBackdrop?: boolean;
  children: ReactNode;
}

export function Dialog({ label, className, testId, onClose, closeOnBackdrop = true, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={className}
      aria-label={label}
      data-testid={testId}
      // Both events also reach us from a dialog inside this one; only our own close us.
      onCancel={(event) => {
        if (event.target !== ref.current) return;
        event.preventDefault();
        onClose();
      }}
      onClose={(event) => {
        // The browser may close against our will, on a second Escape.
        if (event.target === ref.current && !ref.current.open) onClose();
      }}
      onMouseDown={(event) => {
        if (closeOnBackdrop && event.target === ref.current) onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div className="dialog-frame">{children}</div>
    </dialog>
  );
}
