import { useState } from "react";
import type { Message } from "../api/types";
import { useDirectory } from "../state/directory";
import { useRoom } from "../state/RoomProvider";
import { fromWire } from "./wire";

interface MessageEditorProps {
  channel: string;
  message: Message;
  onDone: () => void;
}

export function MessageEditor({ channel, message, onDone }: MessageEditorProps) {
  const { actions } = useRoom();
  const directory = useDirectory();
  const [text, setText] = useState(() => fromWire(message.text ?? "", directory));
  const save = () => {
    onDone();
    const typed = text.trim();
    if (typed && typed !== fromWire(message.text ?? "", directory)) void actions.edit(channel, message, typed);
  };
  return (
    <div className="editor">
      <textarea
        className="text-input text-area"
        aria-label="Edit the message"
        rows={Math.min(8, text.split("\n").length + 1)}
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onDone();
          if (event.key === "Enter" && !event.shiftKey) {
            event.preventDefault();
            save();
          }
        }}
      />
      <div className="editor-actions">
        <button type="button" className="button" onClick={onDone}>Cancel</button>
        <button type="button" className="button button-primary" onClick={save}>Save</button>
      </div>
    </div>
  );
}
