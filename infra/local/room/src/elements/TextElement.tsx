// Inputs for text, numbers, e-mail addresses and links.
import type { EmailInput, NumberInput, PlainTextInput, URLInput } from "@slack/types";
import type { KeyboardEvent } from "react";
import type { ElementProps } from "./props";
import { useSurface } from "./surface";
import { useElement } from "./useElement";
import { makeValue } from "./values";

type AnyText = PlainTextInput | EmailInput | URLInput | NumberInput;

const MODES = { plain_text_input: "text", email_text_input: "email", url_text_input: "url", number_input: "decimal" } as const;

export function TextElement({ element, blockId, label, quiet }: ElementProps<AnyText>) {
  const surface = useSurface();
  const { value, busy, hold } = useElement<string>(element, blockId, true);
  const actionId = element.action_id ?? "";
  const multiline = element.type === "plain_text_input" && element.multiline === true;
  const sendsOnEnter = !quiet && (element.dispatch_action_config?.trigger_actions_on?.includes("on_enter_pressed") ?? true);
  const shared = {
    className: multiline ? "text-input text-area" : "text-input",
    "aria-label": label,
    placeholder: element.placeholder?.text,
    value: value ?? "",
    disabled: busy,
    autoFocus: element.focus_on_load,
    "data-testid": `input-${actionId}`,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== "Enter" || event.shiftKey || !sendsOnEnter) return;
      event.preventDefault();
      surface.act(blockId, actionId, makeValue(element.type, value ?? null), true);
    },
  };
  const keep = (typed: string) => hold(typed === "" ? null : typed);
  const limits = element.type === "plain_text_input" ? { minLength: element.min_length, maxLength: element.max_length } : {};
  if (multiline) return <textarea rows={4} {...shared} {...limits} onChange={(event) => keep(event.target.value)} />;
  return <input type="text" inputMode={MODES[element.type]} {...shared} {...limits} onChange={(event) => keep(event.target.value)} />;
}
