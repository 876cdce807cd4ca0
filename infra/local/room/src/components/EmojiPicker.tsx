import { useState } from "react";
import { emojiByName, findEmoji, OFTEN_USED } from "../text/emoji";
import { Popover } from "./Popover";

interface EmojiPickerProps {
  anchor: HTMLElement | null;
  onPick: (name: string) => void;
  onClose: () => void;
}

export function EmojiPicker({ anchor, onPick, onClose }: EmojiPickerProps) {
  const [query, setQuery] = useState("");
  const shown = query
    ? findEmoji(query, 48)
    : OFTEN_USED.map((name) => ({ name, emoji: emojiByName(name) ?? "" })).filter((one) => one.emoji);
  return (
    <Popover anchor={anchor} onClose={onClose} placement="bottom-end" className="emoji-picker">
      <input
        className="text-input"
        aria-label="Search emoji"
        placeholder="Search emoji…"
        autoFocus
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          const first = shown[0];
          if (event.key === "Enter" && first) {
            event.preventDefault();
            onPick(first.name);
          }
        }}
      />
      <div className="emoji-grid">
        {shown.map((one) => (
          <button key={one.name} type="button" className="emoji-button" title={`:${one.name}:`} aria-label={one.name.replaceAll("_", " ")} onClick={() => onPick(one.name)}>
            {one.emoji}
          </button>
        ))}
        {shown.length === 0 && <p className="picker-empty">No emoji of that name</p>}
      </div>
    </Popover>
  );
}
