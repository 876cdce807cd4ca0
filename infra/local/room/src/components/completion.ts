// What could come next while somebody types: commands, their words, people, channels, emoji.
import type { Channel, Command, Person } from "../api/types";
import { findEmoji } from "../text/emoji";

export interface Suggestion {
  /** Put in place of what was typed so far. */
  insert: string;
  label: string;
  hint?: string;
  person?: Person;
  emoji?: string;
}

export interface Completion {
  kind: "command" | "word" | "person" | "channel" | "emoji";
  title: string;
  /** The part of the text that a suggestion replaces. */
  from: number;
  to: number;
  items: Suggestion[];
  /** Whether what is typed already is one of the items: Enter then sends. */
  complete: boolean;
}

export interface Subject {
  commands: Command[];
  people: Person[];
  channels: Channel[];
  inThread: boolean;
}

const LIMIT = 8;

/** A subcommand with the shape of its arguments, as the usage hint gives them. */
export interface Usage {
  word: string;
  usage: string;
}

/**
 * Reads a usage hint such as `[help] | deploy <service>[@ref] to <env> | status [env]`. Only bars
 * outside of brackets separate; brackets around the whole hint are taken off first.
 */
export function usages(hint: string | undefined): Usage[] {
  let text = (hint ?? "").trim();
  if (/^\[[^[\]]*\|[^[\]]*\]$/.test(text)) text = text.slice(1, -1);
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const char of text) {
    if ("[<(".includes(char)) depth += 1;
    if ("]>)".includes(char)) depth -= 1;
    if ((char === "|" || char === "," || char === "\n") && depth === 0) {
      parts.push(part);
      part = "";
    } else part += char;
  }
  parts.push(part);
  const found = new Map<string, Usage>();
  for (const one of parts) {
    const usage = one.trim().replace(/^\[([^[\]]*)\]$/, "$1");
    const word = /^[a-z][a-z-]*/.exec(usage)?.[0];
    if (word && !found.has(word)) found.set(word, { word, usage });
  }
  return [...found.values()];
}

export function complete(text: string, caret: number, subject: Subject): Completion | undefined {
  const before = text.slice(0, caret);
  return (
    commandCompletion(before, subject) ??
    wordCompletion(before, subject) ??
    personCompletion(before, subject) ??
    channelCompletion(before, subject) ??
    emojiCompletion(before)
  );
}

function offer(kind: Completion["kind"], title: string, from: number, to: number, typed: string, items: Suggestion[]): Completion | undefined {
  if (items.length === 0) return undefined;
  const complete = items.some((item) => item.insert.trim().toLowerCase() === typed.toLowerCase());
  return { kind, title, from, to, items: items.slice(0, kind === "word" ? 40 : LIMIT), complete };
}

function commandCompletion(before: string, { commands, inThread }: Subject): Completion | undefined {
  if (inThread || !/^\/[\w-]*$/.test(before)) return undefined;
  const items = commands
    .filter((one) => one.command.startsWith(before))
    .map((one) => ({ insert: `${one.command} `, label: one.command, hint: one.description }));
  return offer("command", "Commands", 0, before.length, before, items);
}

function wordCompletion(before: string, { commands, people, inThread }: Subject): Completion | undefined {
  const match = /^(\/[\w-]+|@[\w-]+)\s+([a-z-]*)$/i.exec(before);
  if (!match?.[1]) return undefined;
  const asked = match[1];
  const typed = (match[2] ?? "").toLowerCase();
  const app = people.find((one) => one.is_bot && `@${one.name}` === asked);
  const command = inThread && !app ? undefined : commands.find((one) => one.command === (app ? `/${app.name}` : asked));
  const items = usages(command?.usage_hint)
    .filter((one) => one.word.startsWith(typed))
    .map((one) => ({ insert: `${one.word} `, label: one.word, hint: one.usage.slice(one.word.length).trim() || undefined }));
  return offer("word", `What ${asked} can do`, before.length - typed.length, before.length, typed, items);
}

function personCompletion(before: string, { people }: Subject): Completion | undefined {
  const match = /(?:^|[\s(])(@[\p{L}\w-]*)$/u.exec(before);
  if (!match?.[1]) return undefined;
  const typed = match[1].slice(1).toLowerCase();
  const from = before.length - match[1].length;
  const starts = (name: string) => name.toLowerCase().split(" ").some((word) => word.startsWith(typed));
  const found = people
    .filter((one) => starts(one.real_name) || starts(one.name))
    .sort((a, b) => Number(b.is_bot) - Number(a.is_bot))
    .map((one) => {
      const name = one.is_bot ? one.name : one.real_name;
      return { insert: `@${name} `, label: name, hint: one.is_bot ? "App" : one.is_restricted ? "Guest" : `@${one.name}`, person: one };
    });
  const everyone = ["here", "channel"].filter((one) => one.startsWith(typed)).map((one) => ({ insert: `@${one} `, label: `@${one}`, hint: "Everybody in the channel" }));
  return offer("person", "People", from, before.length, match[1], [...found, ...(typed ? everyone : [])]);
}

function channelCompletion(before: string, { channels }: Subject): Completion | undefined {
  const match = /(?:^|[\s(])#([\w-]*)$/.exec(before);
  if (!match) return undefined;
  const typed = (match[1] ?? "").toLowerCase();
  const items = channels
    .filter((one) => one.name.startsWith(typed))
    .map((one) => ({ insert: `#${one.name} `, label: `#${one.name}`, hint: one.topic }));
  return offer("channel", "Channels", before.length - typed.length - 1, before.length, `#${typed}`, items);
}

function emojiCompletion(before: string): Completion | undefined {
  const match = /(?:^|[\s(]):([a-z0-9_+-]{2,})$/.exec(before);
  if (!match?.[1]) return undefined;
  const items = findEmoji(match[1], LIMIT).map((one) => ({ insert: `:${one.name}: `, label: `:${one.name}:`, emoji: one.emoji }));
  return offer("emoji", "Emoji", before.length - match[1].length - 1, before.length, `:${match[1]}:`, items);
}

/** The shape of the subcommand that is being typed, to show above the line. */
export function usageOf(text: string, subject: Subject): string | undefined {
  const match = /^(?:\/|@)([\w-]+)\s+([a-z-]+)\s/i.exec(text);
  if (!match?.[1]) return undefined;
  const command = subject.commands.find((one) => one.command === `/${match[1]}`);
  return usages(command?.usage_hint).find((one) => one.word === match[2]?.toLowerCase() && one.usage !== one.word)?.usage;
}
