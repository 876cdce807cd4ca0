import type { Message } from "../api/types";
import { useDirectory } from "../state/directory";
import { useRoom } from "../state/RoomProvider";
import { ago, tsDate } from "../text/dates";
import { Avatar } from "./Avatar";

export function ThreadSummary({ channel, message }: { channel: string; message: Message }) {
  const { actions } = useRoom();
  const { person } = useDirectory();
  const count = message.reply_count ?? 0;
  if (count === 0) return null;
  return (
    <button type="button" className="thread-summary" data-testid={`replies-${message.ts}`} onClick={() => actions.openThread(channel, message.ts)}>
      <span className="thread-faces">
        {message.reply_users?.slice(0, 4).map((id) => <Avatar key={id} person={person(id)} size={22} />)}
      </span>
      <span className="thread-count">{count === 1 ? "1 reply" : `${count} replies`}</span>
      {message.latest_reply && <span className="thread-last">Last reply {ago(tsDate(message.latest_reply), new Date())}</span>}
    </button>
  );
}
