// What was typed but not sent, and what was sent last, by place; they live as long as the page.

const drafts = new Map<string, string>();
const sent = new Map<string, string>();

export function draftKey(as: string, channel: string, threadTs: string | undefined): string {
  return `${as}/${channel}/${threadTs ?? ""}`;
}

export function readDraft(key: string): string {
  return drafts.get(key) ?? "";
}

export function writeDraft(key: string, text: string): void {
  if (text) drafts.set(key, text);
  else drafts.delete(key);
}

export function lastSent(key: string): string | undefined {
  return sent.get(key);
}

export function noteSent(key: string, text: string): void {
  sent.set(key, text);
}
