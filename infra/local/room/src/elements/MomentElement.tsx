// Date, time and date-with-time pickers, by the browser's own controls.
import type { Datepicker, DateTimepicker, Timepicker } from "@slack/types";
import type { ElementProps } from "./props";
import { useConfirm } from "./useConfirm";
import { useElement } from "./useElement";

type AnyMoment = Datepicker | Timepicker | DateTimepicker;

const INPUTS = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" } as const;

/** `datetimepicker` speaks in unix seconds, its control in local time. */
function toLocal(unix: number): string {
  const date = new Date(unix * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function MomentElement({ element, blockId, label, quiet }: ElementProps<AnyMoment>) {
  const { value, busy, change } = useElement<string | number>(element, blockId, quiet);
  const [ask, dialog] = useConfirm(element.confirm);
  const shown = typeof value === "number" ? toLocal(value) : (value ?? "");
  return (
    <>
      <input
        type={INPUTS[element.type]}
        className="text-input moment"
        aria-label={label}
        disabled={busy}
        autoFocus={element.focus_on_load}
        value={shown}
        data-testid={`input-${element.action_id ?? ""}`}
        onChange={(event) => {
          const typed = event.target.value;
          const unix = Math.floor(new Date(typed).getTime() / 1000);
          ask(() => change(typed === "" ? null : element.type === "datetimepicker" ? unix : typed));
        }}
      />
      {dialog}
    </>
  );
}
