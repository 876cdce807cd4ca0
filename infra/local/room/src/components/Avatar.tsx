import type { CSSProperties } from "react";
import type { Message, Person } from "../api/types";
import { useDirectory } from "../state/directory";
import { Mark } from "./Mark";

/** A colour of their own for everyone who was given none. */
function hue(text: string): number {
  let sum = 0;
  for (const char of text) sum = (sum * 31 + char.charCodeAt(0)) % 360;
  return sum;
}

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  return ((words[0]?.[0] ?? "?") + (words.length > 1 ? (words.at(-1)?.[0] ?? "") : "")).toUpperCase();
}

export function Avatar({ person, size = 36 }: { person: Person | undefined; size?: number }) {
  const style = { "--size": `${size}px`, "--hue": String(hue(person?.id ?? "?")) } as CSSProperties;
  if (!person || person.is_bot) {
    return (
      <span className="avatar avatar-bot" style={style} aria-hidden="true">
        <Mark />
      </span>
    );
  }
  const color = person.color ? { background: person.color.startsWith("#") ? person.color : `#${person.color}` } : {};
  return (
    <span className="avatar" style={{ ...style, ...color }} aria-hidden="true">
      {initials(person.real_name || person.name)}
    </span>
  );
}

/** Who a message is from: a person, or the app under its own name. */
export function useAuthor(message: Message): { person: Person | undefined; name: string; isApp: boolean } {
  const { person, people } = useDirectory();
  const who = person(message.user) ?? (message.bot_id ? people.find((one) => one.is_bot) : undefined);
  const isApp = message.bot_id !== undefined || who?.is_bot === true;
  const name = message.username ?? (isApp ? who?.name : who?.real_name) ?? message.user ?? "app";
  return { person: isApp && !who?.is_bot ? undefined : who, name, isApp };
}
