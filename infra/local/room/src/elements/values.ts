// The state of a surface's elements as Slack reports it in `state.values`.
import type { Block, ElementValue, ViewState } from "../api/types";

type Values = ViewState["values"];

/** Element type -> the field of its value, and the field of the element it begins with. */
const FIELDS: Record<string, [value: string, initial: string]> = {
  plain_text_input: ["value", "initial_value"],
  email_text_input: ["value", "initial_value"],
  url_text_input: ["value", "initial_value"],
  number_input: ["value", "initial_value"],
  static_select: ["selected_option", "initial_option"],
  external_select: ["selected_option", "initial_option"],
  users_select: ["selected_user", "initial_user"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  channels_select: ["selected_channel", "initial_channel"],
  multi_static_select: ["selected_options", "initial_options"],
  multi_external_select: ["selected_options", "initial_options"],
  multi_users_select: ["selected_users", "initial_users"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
  multi_channels_select: ["selected_channels", "initial_channels"],
  checkboxes: ["selected_options", "initial_options"],
  radio_buttons: ["selected_option", "initial_option"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
  datetimepicker: ["selected_date_time", "initial_date_time"],
};

interface AnyElement {
  type: string;
  action_id?: string;
  [key: string]: unknown;
}

/** The field of an element's value that holds what was chosen. */
export function valueField(type: string): string {
  return FIELDS[type]?.[0] ?? "value";
}

export function chosen<T>(value: ElementValue | undefined, type: string): T | undefined {
  return (value?.[valueField(type)] ?? undefined) as T | undefined;
}

export function makeValue(type: string, what: unknown): ElementValue {
  return { type, [valueField(type)]: what };
}

function elementsOf(block: Block): AnyElement[] {
  const parts = block as unknown as { elements?: AnyElement[]; accessory?: AnyElement; element?: AnyElement };
  if (block.type === "actions") return parts.elements ?? [];
  const one = block.type === "section" ? parts.accessory : block.type === "input" ? parts.element : undefined;
  return one ? [one] : [];
}

export function initialValues(blocks: Block[]): Values {
  const values: Values = {};
  for (const block of blocks) {
    for (const element of elementsOf(block)) {
      const fields = FIELDS[element.type];
      if (!fields || !block.block_id || !element.action_id) continue;
      const empty = fields[0].endsWith("s") ? [] : null;
      values[block.block_id] = {
        ...values[block.block_id],
        [element.action_id]: { type: element.type, [fields[0]]: element[fields[1]] ?? empty },
      };
    }
  }
  return values;
}

/** After an update: the new blocks' elements, with what people chose in those that remain. */
export function mergeValues(before: Values, blocks: Block[]): Values {
  const next = initialValues(blocks);
  for (const [block, elements] of Object.entries(next)) {
    for (const [action, value] of Object.entries(elements)) {
      const kept = before[block]?.[action];
      if (kept?.type === value.type) elements[action] = kept;
    }
  }
  return next;
}
