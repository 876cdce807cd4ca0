// Slack escapes exactly three characters in text: & < and >.

export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

export function unescapeText(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** Only addresses that can't run script become links. */
export function isSafeLink(url: string): boolean {
  return /^(https?:\/\/|mailto:|tel:)/i.test(url);
}
