import { useEffect } from "react";
import { Mrkdwn } from "../text/Mrkdwn";
import { useDirectory } from "../state/directory";
import { useRoom } from "../state/RoomProvider";
import { Avatar } from "./Avatar";
import { Composer } from "./Composer";
import { Icon } from "./Icon";
import { MessageList } from "./MessageList";

export function ChannelView({ id, onMenu }: { id: string; onMenu: () => void }) {
  const { state, actions } = useRoom();
  const { channel, person } = useDirectory();
  const here = channel(id);
  const messages = state.messages[id];
  const app = here?.is_im ? person(here.user ?? undefined) : undefined;
  const name = app?.is_bot ? app.name : here?.name;
  const last = messages?.at(-1)?.ts;

  useEffect(() => {
    if (last === undefined) return undefined;
    const soon = setTimeout(() => void actions.markRead(id), 800);
    return () => clearTimeout(soon);
  }, [actions, id, last]);

  return (
    <main className="channel" aria-label={here?.is_im ? `Direct message with ${name}` : `Channel ${name ?? ""}`}>
      <header className="channel-header">
        <button type="button" className="icon-button menu-button" aria-label="Open the side bar" data-testid="menu" onClick={onMenu}>
          <Icon name="menu" />
        </button>
        <h1>{here?.is_im ? <Avatar person={person(here.user ?? undefined)} size={26} /> : <Icon name="hash" size={18} />}{name}</h1>
        {here?.topic && <div className="topic"><Mrkdwn text={here.topic} /></div>}
      </header>
      <MessageList channel={id} messages={messages} outgoing={state.outgoing.filter((one) => one.channel === id && !one.threadTs)} newSince={state.newSince?.channel === id ? state.newSince.ts : undefined} />
      <Composer key={id} channel={id} placeholder={`Message ${here?.is_im ? "" : "#"}${name ?? "channel"} — or type / for commands`} />
    </main>
  );
}
