import { useEffect } from "react";
import { useDirectory } from "../state/directory";
import { useRoom } from "../state/RoomProvider";
import { threadKey } from "../state/state";
import { Composer } from "./Composer";
import { continues } from "./grouping";
import { Icon } from "./Icon";
import { MessageItem } from "./MessageItem";
import { OutgoingItem } from "./OutgoingItem";
import { useStickToEnd } from "./useStickToEnd";

export function ThreadPane({ channel, ts }: { channel: string; ts: string }) {
  const { state, actions } = useRoom();
  const { channel: find } = useDirectory();
  const messages = state.threads[threadKey(channel, ts)] ?? state.messages[channel]?.filter((one) => one.ts === ts) ?? [];
  const outgoing = state.outgoing.filter((one) => one.channel === channel && one.threadTs === ts);
  const { scroller } = useStickToEnd([messages, outgoing.length]);
  const replies = messages.length - 1;

  useEffect(() => {
    const leave = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) actions.closeThread();
    };
    window.addEventListener("keydown", leave);
    return () => window.removeEventListener("keydown", leave);
  }, [actions]);

  return (
    <aside className="thread" aria-label="Thread" data-testid="thread-pane">
      <header className="channel-header">
        <h1>Thread</h1>
        <span className="topic">{find(channel)?.is_im ? "" : "#"}{find(channel)?.name}</span>
        <button type="button" className="icon-button" aria-label="Close the thread" data-testid="thread-close" onClick={actions.closeThread}>
          <Icon name="close" />
        </button>
      </header>
      <div className="messages" ref={scroller} role="log" aria-label="Replies" tabIndex={0}>
        <div className="messages-inner">
          {messages.map((message, index) => (
            <div key={message.ts}>
              <MessageItem channel={channel} message={message} compact={index > 1 && continues(messages[index - 1], message)} inThread />
              {index === 0 && replies > 0 && <div className="reply-line"><span>{replies === 1 ? "1 reply" : `${replies} replies`}</span></div>}
            </div>
          ))}
          {outgoing.map((item) => <OutgoingItem key={item.id} item={item} />)}
        </div>
      </div>
      <Composer channel={channel} threadTs={ts} placeholder="Reply…" />
    </aside>
  );
}
