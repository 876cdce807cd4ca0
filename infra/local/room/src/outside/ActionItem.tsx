import { useId, type FormEvent } from "react";
import { explain } from "../api/errors";
import type { Action, Sender } from "../api/outside";
import { Icon } from "../components/Icon";
import { DeedReport } from "./DeedReport";
import { FieldInput } from "./FieldInput";
import { useOutside } from "./OutsideProvider";
import { lacking, valueOf } from "./values";

/** One action: folded it is a line, unfolded it asks for its fields and shows what came of it. */
export function ActionItem({ sender, action }: { sender: Sender; action: Action }) {
  const outside = useOutside();
  const content = useId();
  const unfolded = outside.unfolded === action.id;
  const report = outside.report(action.id);
  const typed = outside.typed(action.id);
  const lacks = lacking(action);
  const busy = report?.busy ?? false;
  const name = `${sender.id}-${action.id}`;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void outside.run(action);
  };
  return (
    <li className={unfolded ? "outside-action unfolded" : "outside-action"}>
      <button
        type="button"
        className="action-title"
        aria-expanded={unfolded}
        aria-controls={content}
        data-testid={`action-${name}`}
        onClick={() => outside.unfold(unfolded ? undefined : action.id)}
      >
        <Icon name="down" size={16} />
        <span>{action.name}</span>
      </button>
      {unfolded && (
        <div id={content} className="action-content">
          <p className="outside-about">{action.about}</p>
          <form onSubmit={submit}>
            {action.fields.map((field) => (
              <FieldInput key={field.id} field={field} value={valueOf(field, typed)} onChange={(value) => outside.type(action.id, field.id, value)} />
            ))}
            <button type="submit" className="button button-primary" disabled={busy || lacks !== undefined} aria-busy={busy} data-testid={`do-${name}`}>
              {action.name}
              {busy && <span className="spinner" aria-hidden="true" />}
            </button>
          </form>
          <div aria-live="polite">
            {report && !report.busy && ("deed" in report
              ? <DeedReport key={report.count} deed={report.deed} />
              : <p className="field-error" role="alert">{explain(report.failure, action.name)}</p>)}
          </div>
        </div>
      )}
    </li>
  );
}
