// Selects of people, channels and conversations, filled from the workspace.
import type {
  ChannelsSelect,
  ConversationsSelect,
  MultiChannelsSelect,
  MultiConversationsSelect,
  MultiUsersSelect,
  UsersSelect,
} from "@slack/types";
import { useDirectory, type Directory } from "../state/directory";
import { Picker, type Choice } from "./Picker";
import type { ElementProps } from "./props";
import { useConfirm } from "./useConfirm";
import { useElement } from "./useElement";

type AnyEntitySelect =
  | UsersSelect
  | MultiUsersSelect
  | ChannelsSelect
  | MultiChannelsSelect
  | ConversationsSelect
  | MultiConversationsSelect;

function entities(type: string, directory: Directory): Choice[] {
  const people = directory.people.map((one) => ({ value: one.id, label: one.real_name, hint: `@${one.name}` }));
  const channels = directory.channels.filter((one) => !one.is_im).map((one) => ({ value: one.id, label: `#${one.name}`, hint: one.topic }));
  if (type.endsWith("users_select")) return people;
  return type.endsWith("channels_select") ? channels : [...channels, ...people];
}

export function EntitySelect({ element, blockId, label, quiet }: ElementProps<AnyEntitySelect>) {
  const directory = useDirectory();
  const multiple = element.type.startsWith("multi_");
  const { value, busy, change } = useElement<string | string[]>(element, blockId, quiet);
  const [ask, dialog] = useConfirm(element.confirm);
  const all = entities(element.type, directory);
  const ids = Array.isArray(value) ? value : value ? [value] : [];
  return (
    <>
      <Picker
        label={label}
        placeholder={element.placeholder?.text ?? (element.type.includes("users") ? "Choose a person" : "Choose a channel")}
        selected={ids.map((id) => all.find((one) => one.value === id) ?? { value: id, label: id })}
        multiple={multiple}
        max={(element as MultiUsersSelect).max_selected_items}
        disabled={busy}
        autoFocus={element.focus_on_load}
        testId={`select-${element.action_id ?? ""}`}
        find={(query) => all.filter((one) => `${one.label} ${one.hint ?? ""}`.toLowerCase().includes(query.toLowerCase()))}
        onPick={(picked) =>
          ask(() => {
            const chosenIds = picked.map((one) => one.value);
            change(multiple ? chosenIds : (chosenIds[0] ?? null));
          })
        }
      />
      {dialog}
    </>
  );
}
