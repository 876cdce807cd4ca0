// The steps of state.ts, carried out.
import type { Message } from "../api/types";
import { applyEvent } from "./events";
import { byTs, isReply, threadKey, type RoomState, type Step } from "./state";

export function reduce(state: RoomState, step: Step): RoomState {
  switch (step.do) {
    case "booted": {
      const unread: Record<string, number> = {};
      for (const channel of step.boot.channels) unread[channel.id] = channel.unread ?? 0;
      const place = placeThatExists(state, step.boot.channels.map((channel) => channel.id));
      const first = state.boot === undefined;
      const newSince = first ? entering(place, unread) : state.newSince;
      if (place.kind === "channel") unread[place.id] = 0;
      return { ...state, boot: step.boot, bootError: undefined, place, unread, newSince };
    }
    case "boot_failed":
      return { ...state, bootError: step.failure };
    case "link":
      return { ...state, link: step.link };
    case "go": {
      const cleared = step.place.kind === "channel" ? { [step.place.id]: 0 } : {};
      return {
        ...state,
        place: step.place,
        openThread: undefined,
        newSince: entering(step.place, state.unread),
        unread: { ...state.unread, ...cleared },
        mentions: { ...state.mentions, ...cleared },
      };
    }
    case "loaded":
      return {
        ...dropSent(state, step.channel, step.messages),
        messages: { ...state.messages, [step.channel]: step.messages.filter((one) => !isReply(one)).sort(byTs) },
        newSince: firstNew(state.newSince, step.channel, step.messages, step.me),
      };
    case "thread_loaded":
      return {
        ...dropSent(state, step.channel, step.messages),
        threads: { ...state.threads, [threadKey(step.channel, step.ts)]: [...step.messages].sort(byTs) },
      };
    case "open_thread":
      return { ...state, openThread: { channel: step.channel, ts: step.ts } };
    case "close_thread":
      return { ...state, openThread: undefined };
    case "event":
      return applyEvent(state, step.event, step.me, step.looking);
    case "outgoing":
      return { ...state, outgoing: [...state.outgoing.filter((one) => one.id !== step.item.id), step.item] };
    case "sent": {
      const item = state.outgoing.find((one) => one.id === step.id);
      const arrived = item && step.ts !== undefined && knows(state, item.channel, step.ts);
      const done = !item || item.kind === "command" || step.ts === undefined || arrived;
      return {
        ...state,
        outgoing: done
          ? state.outgoing.filter((one) => one.id !== step.id)
          : state.outgoing.map((one) => (one.id === step.id ? { ...one, ts: step.ts } : one)),
      };
    }
    case "send_failed":
      return {
        ...state,
        outgoing: state.outgoing.map((one) => (one.id === step.id ? { ...one, error: step.error } : one)),
      };
    case "drop_outgoing":
      return { ...state, outgoing: state.outgoing.filter((one) => one.id !== step.id) };
    case "drop_message":
      return applyEvent(
        state,
        { type: "message_deleted", channel: step.channel, ts: step.ts },
        "",
        true,
      );
    case "patch":
      return applyEvent(state, { type: "reaction", channel: step.channel, message: step.message }, "", true);
    case "home":
      // Asking for the tab makes the app publish it, and the stream may be faster than the answer.
      return { ...state, home: step.view ?? state.home ?? null };
    case "close_view":
      return { ...state, views: state.views.filter((view) => view.id !== step.id) };
    case "close_all_views":
      return { ...state, views: [] };
    case "notice":
      return { ...state, notices: [...state.notices, step.notice].slice(-3) };
    case "drop_notice":
      return { ...state, notices: state.notices.filter((one) => one.id !== step.id) };
  }
}

function entering(place: RoomState["place"], unread: Record<string, number>): RoomState["newSince"] {
  const count = place.kind === "channel" ? (unread[place.id] ?? 0) : 0;
  return place.kind === "channel" && count > 0 ? { channel: place.id, count } : undefined;
}

/** Finds the first of the unread messages once they are there; one's own never count. */
function firstNew(since: RoomState["newSince"], channel: string, messages: Message[], me: string): RoomState["newSince"] {
  if (!since || since.channel !== channel || since.ts !== undefined) return since;
  const others = messages.filter((one) => one.user !== me && !isReply(one)).sort(byTs);
  return { ...since, ts: others.at(-since.count)?.ts };
}

function placeThatExists(state: RoomState, channels: string[]): RoomState["place"] {
  const { place } = state;
  if (place.kind === "home" || channels.includes(place.id)) return place;
  const first = channels[0];
  return first === undefined ? { kind: "home" } : { kind: "channel", id: first };
}

function knows(state: RoomState, channel: string, ts: string): boolean {
  const threads = Object.entries(state.threads).filter(([key]) => key.startsWith(`${channel}/`));
  return [state.messages[channel], ...threads.map(([, list]) => list)].some((list) => list?.some((one) => one.ts === ts));
}

function dropSent(state: RoomState, channel: string, messages: Message[]): RoomState {
  const arrived = new Set(messages.map((one) => one.ts));
  return {
    ...state,
    outgoing: state.outgoing.filter((one) => one.channel !== channel || one.ts === undefined || !arrived.has(one.ts)),
  };
}
