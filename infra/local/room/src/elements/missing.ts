// What Slack's client checks before it submits a modal.
import type { Block, ViewState } from "../api/types";
import { valueField } from "./values";

export function missing(blocks: Block[], values: ViewState["values"]): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const block of blocks) {
    if (block.type !== "input" || !block.block_id) continue;
    const { element } = block;
    const value = values[block.block_id]?.[element.action_id ?? ""]?.[valueField(element.type)];
    const empty = value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
    if (empty) {
      if (!block.optional) errors[block.block_id] = "Please complete this required field.";
      continue;
    }
    const problem = malformed(element.type, String(value));
    if (problem) errors[block.block_id] = problem;
  }
  return errors;
}

function malformed(type: string, value: string): string | undefined {
  if (type === "email_text_input" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return "Please enter a valid email address.";
  if (type === "url_text_input" && !/^https?:\/\/\S+$/.test(value)) return "Please enter a valid URL.";
  if (type === "number_input" && Number.isNaN(Number(value))) return "Please enter a number.";
  return undefined;
}
