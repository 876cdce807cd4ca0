// Holds the state of one persona's page and does what people ask of it.
import { createContext, use, useEffect, useMemo, useReducer, useRef, type ReactNode } from "react";
import { api, subscribe } from "../api/client";
import type { RoomEvent } from "../api/types";
import { makeActions, type RoomActions } from "./actions";
import { correctPlace, placeFromUrl } from "./address";
import { reduce } from "./reducer";
import { initialState, type RoomState } from "./state";

interface Room {
  as: string;
  state: RoomState;
  actions: RoomActions;
}

const RoomContext = createContext<Room | undefined>(undefined);

export function useRoom(): Room {
  const room = use(RoomContext);
  if (!room) throw new Error("useRoom is used outside of a RoomProvider");
  return room;
}

/** Mounted anew (by `key`) for each persona, so that nothing private is carried over. */
export function RoomProvider({ as, children }: { as: string; children: ReactNode }) {
  const [state, dispatch] = useReducer(reduce, undefined, () => initialState(placeFromUrl()));
  const latest = useRef(state);
  latest.current = state;
  const actions = useMemo(() => makeActions(as, dispatch, () => latest.current), [as]);

  useEffect(() => {
    let wasDown = false;
    void actions.boot();
    return subscribe(as, {
      event: (data) => {
        const event = parse(data);
        if (!event) return;
        dispatch({ do: "event", event, me: as, looking: document.visibilityState === "visible" });
        // Some events only say that something changed: then we ask what.
        if (event.type === "home" && !event.view) void actions.loadHome();
        if ("channel" in event && !knowsChannel(latest.current, event.channel)) void actions.boot();
        if ("channel" in event && !event.message && !event.type.endsWith("_deleted")) void actions.reload();
      },
      up: () => {
        dispatch({ do: "link", link: "up" });
        // What happened while the stream was down was not told, so everything visible is read again.
        if (wasDown) void actions.reload();
        wasDown = false;
      },
      down: () => {
        wasDown = true;
        dispatch({ do: "link", link: "down" });
      },
    });
  }, [as, actions]);

  const { place } = state;
  const placeId = place.kind === "channel" ? place.id : undefined;
  const ready = state.boot !== undefined;
  useEffect(() => {
    if (!ready) return;
    correctPlace(placeId ? { kind: "channel", id: placeId } : { kind: "home" });
    if (placeId) void actions.load(placeId);
    else void api.home(as).then((answer) => dispatch({ do: "home", view: answer.ok ? answer.view : null }));
  }, [as, actions, placeId, ready]);

  useEffect(() => {
    const follow = () => dispatch({ do: "go", place: placeFromUrl() });
    window.addEventListener("popstate", follow);
    return () => window.removeEventListener("popstate", follow);
  }, []);

  const room = useMemo(() => ({ as, state, actions }), [as, state, actions]);
  return <RoomContext value={room}>{children}</RoomContext>;
}

/** A direct message that somebody just began is not in the side bar yet. */
function knowsChannel(state: RoomState, id: string): boolean {
  return state.boot?.channels.some((one) => one.id === id) ?? true;
}

function parse(data: string): RoomEvent | undefined {
  try {
    return JSON.parse(data) as RoomEvent;
  } catch {
    return undefined;
  }
}
