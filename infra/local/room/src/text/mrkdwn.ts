// Slack's mrkdwn as a tree. Text stays escaped until it becomes a leaf, so what somebody
// typed can never turn into a mention or a link: only real `<` and `>` open a token.
import { isSafeLink, unescapeText } from "./entities";

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "bold" | "italic" | "strike"; children: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "link"; url: string; children: Inline[] }
  | { kind: "user"; id: string; label?: string }
  | { kind: "channel"; id: string; label?: string }
  | { kind: "usergroup"; id: string; label?: string }
  | { kind: "broadcast"; range: string }
  | { kind: "date"; unix: number; format: string; link?: string; fallback: string }
  | { kind: "emoji"; name: string };

export type Chunk =
  | { kind: "lines"; lines: Inline[][] }
  | { kind: "quote"; lines: Inline[][] }
  | { kind: "pre"; text: string };

const STYLES: Record<string, "bold" | "italic" | "strike"> = { "*": "bold", _: "italic", "~": "strike" };
const QUOTE = /^(?:&gt;|>) ?/;
const BARE_LINK = /^https?:\/\/[^\s<>|]*[^\s<>|.,:;!?'")\]}*_~`]/;
const EMOJI = /^:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/;

export function parseMrkdwn(source: string, options: { verbatim?: boolean } = {}): Chunk[] {
  const chunks: Chunk[] = [];
  source.split("```").forEach((piece, index, all) => {
    const closed = index < all.length - 1;
    if (index % 2 === 1 && closed) {
      chunks.push({ kind: "pre", text: plainCode(piece.replace(/^\n/, "").replace(/\n$/, "")) });
      return;
    }
    // An odd piece that nothing closes is text that merely holds three backticks.
    const text = index % 2 === 1 ? `\`\`\`${piece}` : piece;
    const trimmed = text.replace(index > 0 && index % 2 === 0 ? /^\n/ : /^$/, "").replace(closed ? /\n$/ : /$^/, "");
    if (trimmed !== "" || all.length === 1) chunks.push(...parseLines(trimmed, options.verbatim ?? false));
  });
  return chunks;
}

function parseLines(text: string, verbatim: boolean): Chunk[] {
  const chunks: Chunk[] = [];
  const add = (kind: "lines" | "quote", line: string) => {
    const inlines = parseInline(line, verbatim);
    const last = chunks.at(-1);
    if (last?.kind === kind) last.lines.push(inlines);
    else chunks.push({ kind, lines: [inlines] });
  };
  let restIsQuote = false;
  for (const line of text.split("\n")) {
    const triple = /^(?:&gt;|>){3}/.exec(line);
    if (!restIsQuote && triple) {
      restIsQuote = true;
      add("quote", line.slice(triple[0].length).trimStart());
    } else if (restIsQuote) add("quote", line);
    else if (QUOTE.test(line)) add("quote", line.replace(QUOTE, ""));
    else add("lines", line);
  }
  return chunks;
}

/** In code only tokens' labels remain: Slack shows links in code as their text. */
function plainCode(text: string): string {
  return unescapeText(text.replace(/<([^<>|\s]+)(?:\|([^<>]*))?>/g, (_, target: string, label?: string) => label ?? target));
}

export function parseInline(text: string, verbatim = false): Inline[] {
  const out: Inline[] = [];
  let plain = "";
  const flush = () => {
    if (plain) out.push({ kind: "text", text: unescapeText(plain) });
    plain = "";
  };
  const put = (node: Inline) => {
    flush();
    out.push(node);
  };
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const char = rest.charAt(0);
    const before = at === 0 ? "" : text.charAt(at - 1);
    const taken = takeToken(char, rest, before, verbatim);
    if (taken) {
      put(taken.node);
      at += taken.length;
    } else {
      plain += char;
      at += 1;
    }
  }
  flush();
  return out;
}

interface Taken {
  node: Inline;
  length: number;
}

function takeToken(char: string, rest: string, before: string, verbatim: boolean): Taken | undefined {
  switch (char) {
    case "<":
      return takeAngle(rest);
    case "`": {
      const code = /^`([^`\n]+)`/.exec(rest);
      return code?.[1] ? { node: { kind: "code", text: plainCode(code[1]) }, length: code[0].length } : undefined;
    }
    case ":": {
      const emoji = /\w/.test(before) ? null : EMOJI.exec(rest);
      return emoji?.[1] ? { node: { kind: "emoji", name: emoji[1] }, length: emoji[0].length } : undefined;
    }
    case "*":
    case "_":
    case "~":
      return takeStyle(char, rest, before, verbatim);
    case "h": {
      const link = verbatim || /\w/.test(before) ? null : BARE_LINK.exec(rest);
      if (!link) return undefined;
      const url = unescapeText(link[0]);
      return { node: { kind: "link", url, children: [{ kind: "text", text: url }] }, length: link[0].length };
    }
    default:
      return undefined;
  }
}

function takeStyle(mark: string, rest: string, before: string, verbatim: boolean): Taken | undefined {
  const kind = STYLES[mark];
  if (!kind || /[\p{L}\p{N}]/u.test(before) || /^[\s]?$/.test(rest.charAt(1)) || rest.charAt(1) === mark) return undefined;
  for (let end = 2; end < rest.length; end += 1) {
    const char = rest.charAt(end);
    if (char === "\n") return undefined;
    if (char === "<" || char === "`") {
      // A token or a piece of code is passed over whole.
      const close = rest.indexOf(char === "<" ? ">" : "`", end + 1);
      if (close > 0) end = close;
      continue;
    }
    const after = rest.charAt(end + 1);
    if (char === mark && !/\s/.test(rest.charAt(end - 1)) && !/[\p{L}\p{N}]/u.test(after) && after !== mark) {
      return { node: { kind, children: parseInline(rest.slice(1, end), verbatim) }, length: end + 1 };
    }
  }
  return undefined;
}

function takeAngle(rest: string): Taken | undefined {
  const match = /^<([^<>\n]+)>/.exec(rest);
  if (!match?.[1]) return undefined;
  const node = angleNode(match[1]);
  return node ? { node, length: match[0].length } : undefined;
}

function angleNode(inner: string): Inline | undefined {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? undefined : unescapeText(inner.slice(bar + 1));
  if (/^@[UWB]\w+$/.test(target)) return { kind: "user", id: target.slice(1), label };
  if (/^#[CGD]\w+$/.test(target)) return { kind: "channel", id: target.slice(1), label };
  if (target.startsWith("!subteam^")) return { kind: "usergroup", id: target.slice(9), label };
  const broadcast = /^!(here|channel|everyone)$/.exec(target);
  if (broadcast?.[1]) return { kind: "broadcast", range: broadcast[1] };
  const date = /^!date\^(\d+)\^([^^]+)(?:\^(.+))?$/.exec(target);
  if (date?.[1] && date[2]) {
    const link = date[3] ? unescapeText(date[3]) : undefined;
    return {
      kind: "date",
      unix: Number(date[1]),
      format: unescapeText(date[2]),
      link: link && isSafeLink(link) ? link : undefined,
      fallback: label ?? "",
    };
  }
  const url = unescapeText(target);
  if (!isSafeLink(url)) return undefined;
  const children: Inline[] = label ? parseInline(inner.slice(bar + 1), true) : [{ kind: "text", text: url.replace(/^mailto:/, "") }];
  return { kind: "link", url, children };
}
