import type { ConfirmationDialog } from "@slack/types";
import { PlainText } from "../text/PlainText";
import { TextObject } from "../text/TextObject";
import { Dialog } from "./Dialog";

interface ConfirmDialogProps {
  confirm: ConfirmationDialog;
  onAnswer: (yes: boolean) => void;
}

export function ConfirmDialog({ confirm, onAnswer }: ConfirmDialogProps) {
  const style = confirm.style === "danger" ? "button button-danger-fill" : "button button-primary";
  return (
    <Dialog label={confirm.title?.text ?? "Are you sure?"} className="dialog dialog-small" onClose={() => onAnswer(false)} testId="confirm">
      <header className="dialog-header">
        <h2><PlainText text={confirm.title?.text ?? "Are you sure?"} /></h2>
      </header>
      <div className="dialog-body"><TextObject text={confirm.text} /></div>
      <footer className="dialog-footer">
        <button type="button" className="button" onClick={() => onAnswer(false)} data-testid="confirm-deny">
          <PlainText text={confirm.deny?.text ?? "Cancel"} />
        </button>
        <button type="button" className={style} onClick={() => onAnswer(true)} data-testid="confirm-yes" autoFocus>
          <PlainText text={confirm.confirm?.text ?? "Yes"} />
        </button>
      </footer>
    </Dialog>
  );
}
