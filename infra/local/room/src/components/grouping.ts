import type { Message } from "../api/types";

const TOGETHER_SECONDS = 5 * 60;

function author(message: Message): string {
  return `${message.user ?? ""}/${message.bot_id ?? ""}/${message.username ?? ""}/${String(message.ephemeral ?? false)}`;
}

/** Whether a message follows the one before it closely enough to share its head line. */
export function continues(before: Message | undefined, message: Message): boolean {
  if (!before || author(before) !== author(message) || message.ephemeral) return false;
  if (before.subtype === "tombstone" || message.subtype === "tombstone") return false;
  // A card and a thread stand for themselves.
  if (message.bot_id && (message.blocks?.length || message.attachments?.length)) return false;
  if ((before.reply_count ?? 0) > 0) return false;
  return Number(message.ts) - Number(before.ts) < TOGETHER_SECONDS;
}
