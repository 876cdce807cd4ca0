import { Fragment } from "react";
import type { Message } from "../api/types";
import { dayLabel, tsDate } from "../text/dates";
import { useDirectory } from "../state/directory";
import type { Outgoing } from "../state/state";
import { Icon } from "./Icon";
import { continues } from "./grouping";
import { MessageItem } from "./MessageItem";
import { OutgoingItem } from "./OutgoingItem";
import { useStickToEnd } from "./useStickToEnd";

/** As many messages as are loaded at once: with fewer, their beginning is in sight. */
const PAGE = 100;

interface MessageListProps {
  channel: string;
  messages: Message[] | undefined;
  outgoing: Outgoing[];
  /** The first message one had not seen when one came here. */
  newSince?: string;
}

export function MessageList({ channel, messages, outgoing, newSince }: MessageListProps) {
  const { scroller, away, toEnd } = useStickToEnd([messages, outgoing.length]);
  return (
    <div className="messages-frame">
      <div className="messages" ref={scroller} role="log" aria-label="Messages" tabIndex={0}>
        <div className="messages-inner">
          {messages === undefined ? <Loading /> : messages.length < PAGE && <Beginning channel={channel} />}
          {messages?.map((message, index) => {
            const before = messages[index - 1];
            const newDay = !before || dayLabel(tsDate(before.ts)) !== dayLabel(tsDate(message.ts));
            return (
              <Fragment key={message.ts}>
                {newDay && <DayLine ts={message.ts} />}
                {message.ts === newSince && <div className="new-line" role="separator" data-testid="new-line"><span>New</span></div>}
                <MessageItem channel={channel} message={message} compact={!newDay && message.ts !== newSince && continues(before, message)} />
              </Fragment>
            );
          })}
          {outgoing.map((item) => <OutgoingItem key={item.id} item={item} />)}
        </div>
      </div>
      {away && (
        <button type="button" className="to-end" onClick={toEnd}>
          <Icon name="down" size={16} /> Latest messages
        </button>
      )}
    </div>
  );
}

export function DayLine({ ts }: { ts: string }) {
  return (
    <div className="day-line" role="separator">
      <span>{dayLabel(tsDate(ts))}</span>
    </div>
  );
}

function Beginning({ channel }: { channel: string }) {
  const { channel: find } = useDirectory();
  const here = find(channel);
  return (
    <div className="beginning">
      <span className="beginning-icon"><Icon name={here?.is_im ? "reply" : "hash"} size={26} /></span>
      <h2>{here?.name}</h2>
      <p>This is where it begins. Type <kbd>/</kbd> to see what can be done here.</p>
    </div>
  );
}

function Loading() {
  return (
    <div className="loading" role="status" aria-label="Loading messages">
      {[64, 82, 48].map((width) => (
        <div key={width} className="ghost"><span /><span style={{ width: `${width}%` }} /></div>
      ))}
    </div>
  );
}
