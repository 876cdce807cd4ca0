// Selects whose options come from the block itself or from the app.
import type { ExternalSelect, MultiExternalSelect, MultiStaticSelect, StaticSelect } from "@slack/types";
import type { Option } from "../api/types";
import type { Choice } from "./Picker";
import { Picker } from "./Picker";
import type { ElementProps } from "./props";
import { useSurface } from "./surface";
import { useConfirm } from "./useConfirm";
import { useElement } from "./useElement";

type AnySelect = StaticSelect | MultiStaticSelect | ExternalSelect | MultiExternalSelect;

function choiceOf(option: Option, group?: string): Choice {
  return { value: option.value ?? "", label: option.text.text, hint: option.description?.text, group };
}

function optionOf(choice: Choice): Option {
  return {
    text: { type: "plain_text", text: choice.label },
    value: choice.value,
    ...(choice.hint ? { description: { type: "plain_text" as const, text: choice.hint } } : {}),
  };
}

function ownChoices(element: AnySelect): Choice[] {
  const { options, option_groups: groups } = element as StaticSelect;
  const grouped = groups?.flatMap((group) => group.options.map((one) => choiceOf(one as Option, group.label.text)));
  return grouped ?? (options ?? []).map((one) => choiceOf(one as Option));
}

export function OptionSelect({ element, blockId, label, quiet }: ElementProps<AnySelect>) {
  const surface = useSurface();
  const multiple = element.type.startsWith("multi_");
  const external = element.type.endsWith("external_select");
  const { value, busy, change } = useElement<Option | Option[]>(element, blockId, quiet);
  const [ask, dialog] = useConfirm(element.confirm);
  const selected = (Array.isArray(value) ? value : value ? [value] : []).map((one) => choiceOf(one));

  const find = (query: string): Choice[] | Promise<Choice[]> => {
    if (external) {
      return surface.options(blockId, element.action_id ?? "", query).then((found) => found.map((one) => choiceOf(one)));
    }
    const wanted = query.toLowerCase();
    return ownChoices(element).filter((one) => one.label.toLowerCase().includes(wanted));
  };

  return (
    <>
      <Picker
        label={label}
        placeholder={element.placeholder?.text ?? (multiple ? "Choose some options" : "Choose an option")}
        selected={selected}
        multiple={multiple}
        max={(element as MultiStaticSelect).max_selected_items}
        disabled={busy}
        autoFocus={element.focus_on_load}
        testId={`select-${element.action_id ?? ""}`}
        minQuery={external ? ((element as ExternalSelect).min_query_length ?? 3) : 0}
        find={find}
        onPick={(picked) =>
          ask(() => {
            const options = picked.map(optionOf);
            change(multiple ? options : (options[0] ?? null));
          })
        }
      />
      {dialog}
    </>
  );
}
