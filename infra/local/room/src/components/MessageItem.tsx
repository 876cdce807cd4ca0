import { memo, useState } from "react";
import type { Message } from "../api/types";
import { clock, fullMoment, tsDate } from "../text/dates";
import { useRoom } from "../state/RoomProvider";
import { threadKey } from "../state/state";
import { Avatar, useAuthor } from "./Avatar";
import { Icon } from "./Icon";
import { MessageBody } from "./MessageBody";
import { MessageEditor } from "./MessageEditor";
import { MessageToolbar } from "./MessageToolbar";
import { Reactions } from "./Reactions";
import { ThreadSummary } from "./ThreadSummary";

interface MessageItemProps {
  channel: string;
  message: Message;
  /** Follows another message of the same author: no head line of its own. */
  compact: boolean;
  inThread?: boolean;
}

export const MessageItem = memo(function MessageItem({ channel, message, compact, inThread = false }: MessageItemProps) {
  const { state, actions } = useRoom();
  const { person, name, isApp } = useAuthor(message);
  const [editing, setEditing] = useState(false);
  const changes = state.changes[threadKey(channel, message.ts)] ?? 0;
  const at = tsDate(message.ts);
  if (message.subtype === "tombstone") {
    return (
      <article className="message tombstone" data-testid={`message-${message.ts}`}>
        <span className="gutter"><Icon name="trash" size={16} /></span>
        <div className="message-main">
          <p>This message was deleted.</p>
          {!inThread && <ThreadSummary channel={channel} message={message} />}
        </div>
      </article>
    );
  }
  const time = (
    <time className="stamp" dateTime={at.toISOString()} title={fullMoment(at)}>
      {clock(at)}
    </time>
  );
  return (
    <article
      className={`message${compact ? " compact" : ""}${message.ephemeral ? " ephemeral" : ""}`}
      aria-label={`${name} at ${clock(at)}`}
      data-testid={`message-${message.ts}`}
    >
      {changes > 0 && <span key={changes} className="flash" aria-hidden="true" />}
      {message.ephemeral && (
        <p className="only-you" data-testid="ephemeral">
          <Icon name="eye" size={14} /> Only visible to you
          {message.dismissable !== false && (
            <button type="button" className="link-button" data-testid="dismiss" onClick={() => void actions.dismiss(channel, message.ts)}>
              Dismiss
            </button>
          )}
        </p>
      )}
      <div className="gutter">{compact ? time : <Avatar person={person} />}</div>
      <div className="message-main">
        {!compact && (
          <header className="message-head">
            <strong className="author">{name}</strong>
            {isApp && <span className="app-tag">App</span>}
            {person?.is_restricted && <span className="app-tag">Guest</span>}
            {person?.is_stranger && <span className="app-tag">{person.team_name ?? "Other team"}</span>}
            {time}
            {message.edited && isApp && <span className="edited" title={fullMoment(tsDate(message.edited.ts))}>updated {clock(tsDate(message.edited.ts))}</span>}
          </header>
        )}
        {editing ? (
          <MessageEditor channel={channel} message={message} onDone={() => setEditing(false)} />
        ) : (
          <MessageBody channel={channel} message={message} isApp={isApp} />
        )}
        <Reactions channel={channel} message={message} />
        {!inThread && <ThreadSummary channel={channel} message={message} />}
      </div>
      {!editing && !message.ephemeral && (
        <MessageToolbar channel={channel} message={message} inThread={inThread} onEdit={() => setEditing(true)} />
      )}
    </article>
  );
});
