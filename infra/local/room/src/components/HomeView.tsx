import { useCallback } from "react";
import type { Block, View } from "../api/types";
import { Blocks } from "../blocks/Blocks";
import { SurfaceContext, useNewSurface } from "../elements/surface";
import { useRoom } from "../state/RoomProvider";
import { Icon } from "./Icon";
import { Mark } from "./Mark";

/** The app's Home tab, as it was last published for this person. */
export function HomeView({ onMenu }: { onMenu: () => void }) {
  const { state } = useRoom();
  const { home } = state;
  return (
    <main className="channel" aria-label="Home" data-testid="home-view">
      <header className="channel-header">
        <button type="button" className="icon-button menu-button" aria-label="Open the side bar" onClick={onMenu}>
          <Icon name="menu" />
        </button>
        <h1><Icon name="home" size={18} />Home</h1>
      </header>
      <div className="messages">
        <div className="home-page">
          {home ? (
            <HomeBlocks view={home} />
          ) : (
            <div className="home-empty">
              <Mark />
              <h2>{home === undefined ? "Loading…" : "Nothing here yet"}</h2>
              {home === null && <p>The app has not published a Home tab for you. Everything it does can be asked for in any channel with <kbd>/ops help</kbd>.</p>}
            </div>
          )}
        </div>
      </div>
    </main>
  );
}

function HomeBlocks({ view }: { view: View }) {
  const { actions } = useRoom();
  const failed = useCallback((text: string) => actions.notice(text), [actions]);
  const surface = useNewSurface({ type: "view", view_id: view.id }, view.blocks as Block[], { failed });
  return (
    <SurfaceContext value={surface}>
      <Blocks blocks={view.blocks as Block[]} />
    </SurfaceContext>
  );
}
