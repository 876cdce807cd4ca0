// Checkboxes and radio buttons: all options in sight.
import type { Checkboxes, RadioButtons } from "@slack/types";
import { useId } from "react";
import type { Option } from "../api/types";
import { TextObject } from "../text/TextObject";
import type { ElementProps } from "./props";
import { useConfirm } from "./useConfirm";
import { useElement } from "./useElement";

export function ChoiceElement({ element, blockId, label, quiet }: ElementProps<Checkboxes | RadioButtons>) {
  const { value, busy, change } = useElement<Option | Option[]>(element, blockId, quiet);
  const [ask, dialog] = useConfirm(element.confirm);
  const group = useId();
  const many = element.type === "checkboxes";
  const selected = Array.isArray(value) ? value : value ? [value] : [];
  const toggle = (option: Option) =>
    ask(() => {
      if (!many) return change(option);
      const has = selected.some((one) => one.value === option.value);
      return change(has ? selected.filter((one) => one.value !== option.value) : [...selected, option]);
    });
  return (
    <div role={many ? "group" : "radiogroup"} aria-label={label} className="choices" data-testid={`choices-${element.action_id ?? ""}`}>
      {element.options.map((option) => (
        <label key={option.value} className="choice">
          <input
            type={many ? "checkbox" : "radio"}
            name={group}
            checked={selected.some((one) => one.value === option.value)}
            disabled={busy}
            onChange={() => toggle(option as Option)}
          />
          <span>
            <TextObject text={option.text} />
            {option.description && <small><TextObject text={option.description} /></small>}
          </span>
        </label>
      ))}
      {dialog}
    </div>
  );
}
