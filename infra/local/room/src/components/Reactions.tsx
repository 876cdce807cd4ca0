import { useState } from "react";
import type { Message, Reaction } from "../api/types";
import { useDirectory } from "../state/directory";
import { useRoom } from "../state/RoomProvider";
import { Glyph } from "../text/Glyph";
import { EmojiPicker } from "./EmojiPicker";
import { Icon } from "./Icon";

export function Reactions({ channel, message }: { channel: string; message: Message }) {
  const { as, actions } = useRoom();
  const { person } = useDirectory();
  const [open, setOpen] = useState(false);
  const [anchor, setAnchor] = useState<HTMLButtonElement | null>(null);
  if (!message.reactions?.length) return null;
  const names = (reaction: Reaction) => reaction.users.map((id) => (id === as ? "You" : (person(id)?.real_name ?? id))).join(", ");
  return (
    <div className="reactions">
      {message.reactions.map((reaction) => {
        const mine = reaction.users.includes(as);
        return (
          <button
            key={reaction.name}
            type="button"
            className={mine ? "reaction mine" : "reaction"}
            aria-pressed={mine}
            aria-label={`${reaction.count} with ${reaction.name.replaceAll("_", " ")}: ${names(reaction)}`}
            data-testid={`reaction-${reaction.name}`}
            onClick={() => void actions.react(channel, message, reaction.name)}
          >
            <Glyph name={reaction.name} />
            <span className="reaction-count" key={reaction.count}>{reaction.count}</span>
            <span className="reaction-who" role="tooltip">
              <Glyph name={reaction.name} />
              <span><strong>{names(reaction)}</strong> reacted with <span className="reaction-name">:{reaction.name}:</span></span>
            </span>
          </button>
        );
      })}
      <button type="button" ref={setAnchor} className="reaction reaction-add" aria-label="Add a reaction" onClick={() => setOpen(!open)}>
        <Icon name="smile" size={16} />
      </button>
      {open && (
        <EmojiPicker
          anchor={anchor}
          onClose={() => setOpen(false)}
          onPick={(name) => {
            setOpen(false);
            void actions.react(channel, message, name);
          }}
        />
      )}
    </div>
  );
}
