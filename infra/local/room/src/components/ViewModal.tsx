import { useCallback, useState, type FormEvent } from "react";
import type { ModalView } from "@slack/types";
import type { Block, View } from "../api/types";
import { Blocks } from "../blocks/Blocks";
import { SurfaceContext, useNewSurface } from "../elements/surface";
import { missing } from "../elements/missing";
import { useRoom } from "../state/RoomProvider";
import { PlainText } from "../text/PlainText";
import { Dialog } from "./Dialog";
import { Icon } from "./Icon";
import { Mark } from "./Mark";

interface ViewModalProps {
  view: View & ModalView;
  /** How many views lie under it. */
  under: number;
  onTop: boolean;
}

/** One view of the modal stack. Those below the top stay mounted, so that what was typed in them is kept. */
export function ViewModal({ view, under, onTop }: ViewModalProps) {
  const { actions } = useRoom();
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<string>();
  const [sending, setSending] = useState(false);
  const failed = useCallback((text: string) => setProblem(text), []);
  const blocks = view.blocks as Block[];
  const surface = useNewSurface({ type: "view", view_id: view.id }, blocks, { errors, failed });
  const hasInput = blocks.some((block) => block.type === "input");
  const close = () => void actions.closeView(view.id);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const absent = missing(blocks, surface.values);
    setErrors(absent);
    setProblem(undefined);
    if (Object.keys(absent).length > 0) return;
    setSending(true);
    const refused = await actions.submitView(view.id, { values: surface.values });
    setSending(false);
    if (!refused) return;
    setErrors(refused);
    setProblem(refused[""]);
  };

  return (
    <Dialog label={view.title.text} className={onTop ? "dialog" : "dialog covered"} onClose={close} closeOnBackdrop={!hasInput} testId={onTop ? "modal" : "modal-below"}>
      <form className="dialog-form" onSubmit={(event) => void submit(event)} noValidate>
        <header className="dialog-header">
          {under > 0 ? (
            <button type="button" className="icon-button" aria-label="Back" onClick={close}><Icon name="back" /></button>
          ) : (
            <Mark />
          )}
          <h2><PlainText text={view.title.text} emoji={view.title.emoji} /></h2>
          <button type="button" className="icon-button" aria-label="Close" data-testid="modal-close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        <div className="dialog-body">
          <SurfaceContext value={surface}>
            <Blocks blocks={blocks} />
          </SurfaceContext>
          {problem && <p className="message-problem" role="alert">{problem}</p>}
        </div>
        {(view.submit ?? view.close ?? undefined) && (
          <footer className="dialog-footer">
            <button type="button" className="button" onClick={close} data-testid="modal-cancel">
              <PlainText text={view.close?.text ?? "Cancel"} />
            </button>
            {view.submit && (
              <button type="submit" className="button button-primary" disabled={sending} aria-busy={sending} data-testid="modal-submit">
                <PlainText text={view.submit.text} />
                {sending && <span className="spinner" aria-hidden="true" />}
              </button>
            )}
          </footer>
        )}
      </form>
    </Dialog>
  );
}
