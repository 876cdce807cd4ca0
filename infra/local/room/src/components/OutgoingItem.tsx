// What somebody just sent, until the workspace has it; or why it was refused.
import { useDirectory } from "../state/directory";
import { useRoom } from "../state/RoomProvider";
import type { Outgoing } from "../state/state";
import { clock } from "../text/dates";
import { Mrkdwn } from "../text/Mrkdwn";
import { Avatar } from "./Avatar";
import { Icon } from "./Icon";
import { toWire } from "./wire";

export function OutgoingItem({ item }: { item: Outgoing }) {
  const { as, actions } = useRoom();
  const directory = useDirectory();
  const { person } = directory;
  return (
    <article className={item.error ? "message outgoing failed" : "message outgoing"} data-testid="outgoing">
      <div className="gutter"><Avatar person={person(as)} /></div>
      <div className="message-main">
        <header className="message-head">
          <strong className="author">{person(as)?.real_name ?? as}</strong>
          <time className="stamp">{item.error ? "not sent" : clock(new Date(item.at))}</time>
        </header>
        {item.kind === "command" ? <code className="command-echo">{item.text}</code> : <Mrkdwn text={toWire(item.text, directory)} />}
        {!item.error && item.kind === "command" && <span className="waiting"><span className="spinner" aria-hidden="true" /> Asking…</span>}
        {item.error && (
          <p className="message-problem" role="alert" data-testid="send-error">
            <Icon name="warning" size={16} />
            <span>{item.error}</span>
            <button type="button" className="link-button" onClick={() => actions.retry(item)}>Try again</button>
            <button type="button" className="link-button" onClick={() => actions.discard(item.id)}>Discard</button>
          </p>
        )}
      </div>
    </article>
  );
}
