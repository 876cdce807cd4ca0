// The page's frame: side bar, the place one is in, the thread beside it, and what lies on top.
import { useEffect, useState } from "react";
import { explain } from "../api/errors";
import { OutsidePanel } from "../outside/OutsidePanel";
import { useOutside } from "../outside/OutsideProvider";
import { useRoom } from "../state/RoomProvider";
import { ChannelView } from "./ChannelView";
import { HomeView } from "./HomeView";
import { Mark } from "./Mark";
import { Notices } from "./Notices";
import { Sidebar } from "./Sidebar";
import { ThreadPane } from "./ThreadPane";
import { ViewModal } from "./ViewModal";

export function Workspace({ onPersona }: { onPersona: (id: string) => void }) {
  const { state } = useRoom();
  const outside = useOutside();
  const [drawer, setDrawer] = useState(false);
  const { boot, place, openThread, views, link } = state;
  useTitle();

  if (!boot) {
    const failure = state.bootError;
    return (
      <main className="splash">
        <Mark />
        <p role="status">{failure ? explain(failure, "The local workspace") : "Opening the workspace…"}</p>
        {failure && failure.error !== "no_connection" && (
          <button type="button" className="button" onClick={() => onPersona("U0DEPLOYER")}>Go in as the first person</button>
        )}
      </main>
    );
  }
  const openDrawer = () => setDrawer(true);
  return (
    <div className={openThread || outside.open ? "workspace with-thread" : "workspace"}>
      <Sidebar open={drawer} onClose={() => setDrawer(false)} onPersona={onPersona} />
      {drawer && <div className="scrim" onClick={() => setDrawer(false)} />}
      {place.kind === "home" ? <HomeView onMenu={openDrawer} /> : <ChannelView key={place.id} id={place.id} onMenu={openDrawer} />}
      {openThread && <ThreadPane key={openThread.ts} channel={openThread.channel} ts={openThread.ts} />}
      {outside.open && !openThread && <OutsidePanel />}
      {views.map((view, index) =>
        view.type === "modal" ? <ViewModal key={view.id} view={view} under={index} onTop={index === views.length - 1} /> : null,
      )}
      {link === "down" && (
        <p className="link-down" role="status">
          <span className="spinner" aria-hidden="true" /> Reconnecting to the workspace…
        </p>
      )}
      <Notices />
    </div>
  );
}

function useTitle(): void {
  const { state } = useRoom();
  const { place, boot, unread } = state;
  useEffect(() => {
    const waiting = Object.values(unread).reduce((sum, count) => sum + count, 0);
    const channel = place.kind === "channel" ? boot?.channels.find((one) => one.id === place.id) : undefined;
    const where = place.kind === "home" ? "Home · " : channel ? `${channel.is_im ? "" : "#"}${channel.name} · ` : "";
    document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${where}Opsroom local workspace`;
  }, [place, boot, unread]);
}
