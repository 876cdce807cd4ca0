// What the fields of an action say: what somebody typed, or else what the sender suggests.
import type { Action, Field, Sender } from "../api/outside";

export type Typed = Record<string, string>;

/** What a field says now. A choice that is gone (a pull request that was merged) gives way to the default. */
export function valueOf(field: Field, typed: Typed): string {
  const value = typed[field.id];
  if (value === undefined) return field.default;
  if (field.kind === "choice" && !field.choices.some((one) => one.value === value)) return field.default;
  return value;
}

/** All fields of an action, as they are sent. */
export function valuesOf(action: Action, typed: Typed): Record<string, string> {
  return Object.fromEntries(action.fields.map((field) => [field.id, valueOf(field, typed)]));
}

/** What keeps an action from being done: there is nothing to choose. */
export function lacking(action: Action): Field | undefined {
  return action.fields.find((field) => field.kind === "choice" && field.choices.length === 0);
}

/** The senders under their headings, in the order in which they come. */
export function grouped(senders: Sender[]): [group: string, senders: Sender[]][] {
  const groups = new Map<string, Sender[]>();
  for (const sender of senders) groups.set(sender.group, [...(groups.get(sender.group) ?? []), sender]);
  return [...groups];
}

/** JSON as people read it; anything else as it is. */
export function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** What the door said, in few words: `{"ok":"queued"}` is "queued". JSON that says nothing to people is left to be unfolded. */
export function words(answer: string): string {
  try {
    const parsed = JSON.parse(answer) as Record<string, unknown>;
    const said = parsed["ok"] ?? parsed["error"] ?? parsed["message"];
    return typeof said === "string" ? said : "";
  } catch {
    // Not JSON: shown as it is.
  }
  return answer.length > 120 ? `${answer.slice(0, 120)}…` : answer;
}
