import { emojiByName } from "./emoji";

/** An emoji by its short name; a name nobody knows stays readable as `:name:`. */
export function Glyph({ name }: { name: string }) {
  const emoji = emojiByName(name);
  if (!emoji) return <span>{`:${name}:`}</span>;
  return (
    <span className="emoji" role="img" aria-label={name.replaceAll("_", " ")} title={`:${name}:`}>
      {emoji}
    </span>
  );
}
