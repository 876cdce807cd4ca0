import { useRoom } from "../state/RoomProvider";

/** Passing words about what went wrong, where no message could hold them. */
export function Notices() {
  const { state } = useRoom();
  return (
    <div className="notices" role="status">
      {state.notices.map((notice) => <p key={notice.id} className="notice">{notice.text}</p>)}
    </div>
  );
}
