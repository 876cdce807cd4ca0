// Between what people type (@Dana Deployer, #ops) and what a message holds (<@U…>, <#C…>). The
// workspace composes what is sent; the page does so only to show it meanwhile.
import type { Directory } from "../state/directory";
import { escapeText, unescapeText } from "../text/entities";

function names(directory: Directory): [shown: string, wire: string][] {
  const people = directory.people.flatMap((one): [string, string][] => [
    [`@${one.real_name}`, `<@${one.id}>`],
    [`@${one.name}`, `<@${one.id}>`],
  ]);
  const channels = directory.channels.filter((one) => !one.is_im).map((one): [string, string] => [`#${one.name}`, `<#${one.id}>`]);
  const broadcasts = ["here", "channel", "everyone"].map((one): [string, string] => [`@${one}`, `<!${one}>`]);
  // The longest name first, so that "@ops-night" is not read as "@ops".
  return [...people, ...channels, ...broadcasts].sort((a, b) => b[0].length - a[0].length);
}

/** Escapes the text and turns the names of people and channels into ids. */
export function toWire(text: string, directory: Directory): string {
  const known = names(directory).map(([shown, wire]): [string, string] => [escapeText(shown), wire]);
  const source = escapeText(text);
  let out = "";
  let at = 0;
  while (at < source.length) {
    const before = at === 0 ? "" : source.charAt(at - 1);
    const here = /[\p{L}\p{N}]/u.test(before)
      ? undefined
      : known.find(([shown]) => startsWithName(source.slice(at, at + shown.length + 1), shown));
    out += here ? here[1] : source.charAt(at);
    at += here ? here[0].length : 1;
  }
  return out;
}

function startsWithName(text: string, name: string): boolean {
  return text.toLowerCase().startsWith(name.toLowerCase()) && !/[\p{L}\p{N}_-]/u.test(text.charAt(name.length));
}

/** The other way, for editing. */
export function fromWire(text: string, directory: Directory): string {
  const shown = text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (whole, id: string) => {
      const who = directory.person(id);
      return who ? `@${who.is_bot ? who.name : who.real_name}` : whole;
    })
    .replace(/<#(\w+)(?:\|[^>]*)?>/g, (whole, id: string) => (directory.channel(id) ? `#${directory.channel(id)?.name}` : whole))
    .replace(/<!(here|channel|everyone)>/g, "@$1")
    .replace(/<(https?:[^|>]+)(?:\|[^>]*)?>/g, "$1");
  return unescapeText(shown);
}

/** A command's text keeps its form; only the full names that completion wrote become handles, as Slack sends them. */
export function withHandles(text: string, directory: Directory): string {
  const people = [...directory.people].sort((a, b) => b.real_name.length - a.real_name.length);
  return people.reduce((line, one) => line.replaceAll(`@${one.real_name}`, `@${one.name}`), text);
}
