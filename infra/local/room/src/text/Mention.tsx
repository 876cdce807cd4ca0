import { useDirectory } from "../state/directory";

export function UserMention({ id, label }: { id: string; label?: string }) {
  const { person, me } = useDirectory();
  const who = person(id);
  const name = who ? (who.is_bot ? who.name : who.real_name) : (label ?? id);
  return (
    <span className={id === me ? "mention mention-me" : "mention"} title={who ? `${who.real_name} (${id})` : id}>
      @{name}
    </span>
  );
}

export function ChannelMention({ id, label }: { id: string; label?: string }) {
  const { channel, openChannel } = useDirectory();
  const known = channel(id);
  if (!known) return <span className="mention">#{label || "unknown-channel"}</span>;
  return (
    <button type="button" className="mention mention-channel" onClick={() => openChannel(id)}>
      #{known.name}
    </button>
  );
}
