import { useState } from "react";
import type { Message } from "../api/types";
import { useRoom } from "../state/RoomProvider";
import { emojiByName, QUICK } from "../text/emoji";
import { ConfirmDialog } from "./ConfirmDialog";
import { EmojiPicker } from "./EmojiPicker";
import { Icon } from "./Icon";
import { Menu } from "./Menu";

interface MessageToolbarProps {
  channel: string;
  message: Message;
  inThread: boolean;
  onEdit: () => void;
}

/** What one can do with a message; shows while the pointer or the focus is on it. */
export function MessageToolbar({ channel, message, inThread, onEdit }: MessageToolbarProps) {
  const { as, actions } = useRoom();
  const [open, setOpen] = useState<"react" | "more" | "delete">();
  const [smile, setSmile] = useState<HTMLButtonElement | null>(null);
  const [more, setMore] = useState<HTMLButtonElement | null>(null);
  const close = () => setOpen(undefined);
  const mine = message.user === as;
  return (
    <div className={open ? "toolbar held" : "toolbar"} role="toolbar" aria-label="Message actions">
      {QUICK.map((name) => (
        <button key={name} type="button" className="icon-button quick-reaction" aria-label={`React with ${name.replaceAll("_", " ")}`} title={`:${name}:`} data-testid={`quick-${name}-${message.ts}`} onClick={() => void actions.react(channel, message, name)}>
          <span className="emoji" aria-hidden="true">{emojiByName(name)}</span>
        </button>
      ))}
      <button type="button" ref={setSmile} className="icon-button" aria-label="Add a reaction" title="Add a reaction" data-testid={`react-${message.ts}`} onClick={() => setOpen(open === "react" ? undefined : "react")}>
        <Icon name="smile" />
      </button>
      {!inThread && (
        <button type="button" className="icon-button" aria-label="Reply in thread" title="Reply in thread" data-testid={`reply-${message.ts}`} onClick={() => actions.openThread(channel, message.thread_ts ?? message.ts)}>
          <Icon name="reply" />
        </button>
      )}
      {mine && (
        <button type="button" ref={setMore} className="icon-button" aria-label="More actions" title="More actions" aria-haspopup="menu" data-testid={`more-${message.ts}`} onClick={() => setOpen(open === "more" ? undefined : "more")}>
          <Icon name="more" />
        </button>
      )}
      {open === "react" && (
        <EmojiPicker
          anchor={smile}
          onClose={close}
          onPick={(name) => {
            close();
            void actions.react(channel, message, name);
          }}
        />
      )}
      {open === "more" && (
        <Menu
          anchor={more}
          label="Message actions"
          items={[
            { label: "Edit message", icon: "edit" },
            { label: "Delete message", icon: "trash", danger: true },
          ]}
          onPick={(index) => {
            if (index === 0) onEdit();
            setOpen(index === 0 ? undefined : "delete");
          }}
          onClose={close}
        />
      )}
      {open === "delete" && (
        <ConfirmDialog
          confirm={{
            title: { type: "plain_text", text: "Delete this message?" },
            text: { type: "plain_text", text: "It disappears for everybody in the channel." },
            confirm: { type: "plain_text", text: "Delete" },
            deny: { type: "plain_text", text: "Keep it" },
            style: "danger",
          }}
          onAnswer={(yes) => {
            close();
            if (yes) void actions.remove(channel, message.ts);
          }}
        />
      )}
    </div>
  );
}
