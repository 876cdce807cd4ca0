// What the workspace tells us over the event stream, worked into the state.
import type { Message, RoomEvent, View } from "../api/types";
import { unescapeText } from "../text/entities";
import { byTs, isReply, threadKey, type RoomState } from "./state";

export function applyEvent(state: RoomState, event: RoomEvent, me: string, looking: boolean): RoomState {
  switch (event.type) {
    case "message":
    case "ephemeral":
      return event.message ? arrive(state, event.channel, event.message, me, looking) : state;
    case "message_changed":
    case "ephemeral_replaced":
      return event.message ? replace(state, event.channel, event.message, true) : state;
    case "reaction":
      return event.message ? replace(state, event.channel, event.message, false) : state;
    case "message_deleted":
    case "ephemeral_deleted": {
      const ts = event.deleted_ts ?? event.ts ?? event.message?.ts;
      return ts === undefined ? state : remove(state, event.channel, ts);
    }
    case "view_opened":
      return { ...state, views: opened(state.views, event.view) };
    case "view_updated":
      return { ...state, views: state.views.map((view) => (view.id === event.view.id ? event.view : view)) };
    case "view_closed": {
      const id = event.view_id ?? event.view.id;
      return { ...state, views: state.views.filter((view) => view.id !== id) };
    }
    case "home":
      return event.view ? { ...state, home: event.view } : state;
  }
}

function opened(views: View[], view: View): View[] {
  const others = views.filter((one) => one.id !== view.id);
  // A pushed view lies on the one it came from; any other starts a new stack.
  return view.previous_view_id ? [...others, view] : [view];
}

function arrive(state: RoomState, channel: string, message: Message, me: string, looking: boolean): RoomState {
  let next = touchList(state, channel, message, (list) => insert(list, message));
  if (message.thread_ts && isReply(message) && !message.ephemeral) next = countReply(next, channel, message);
  next = { ...next, outgoing: withoutArrived(state, channel, message, me) };
  const here = state.place.kind === "channel" && state.place.id === channel && looking;
  if (here || message.user === me || isReply(message)) return next;
  const mentioned = message.ephemeral === true || (message.text ?? "").includes(`<@${me}>`);
  return {
    ...next,
    unread: { ...next.unread, [channel]: (next.unread[channel] ?? 0) + 1 },
    mentions: { ...next.mentions, [channel]: (next.mentions[channel] ?? 0) + (mentioned ? 1 : 0) },
  };
}

/** Our own message may come over the stream before its POST was answered: then its text tells. */
function withoutArrived(state: RoomState, channel: string, message: Message, me: string): RoomState["outgoing"] {
  const match = state.outgoing.find(
    (one) =>
      one.kind === "message" &&
      one.channel === channel &&
      !one.error &&
      (one.ts !== undefined ? one.ts === message.ts : message.user === me && one.text === unescapeText(message.text ?? "")),
  );
  return match ? state.outgoing.filter((one) => one !== match) : state.outgoing;
}

function insert(list: Message[], message: Message): Message[] {
  return [...list.filter((one) => one.ts !== message.ts), message].sort(byTs);
}

/** Applies `change` to each list that shows the message: the channel's, its thread's, or both. */
function touchList(
  state: RoomState,
  channel: string,
  message: Message,
  change: (list: Message[]) => Message[],
): RoomState {
  const list = state.messages[channel];
  const key = threadKey(channel, message.thread_ts ?? message.ts);
  const thread = state.threads[key];
  return {
    ...state,
    messages: list && !isReply(message) ? { ...state.messages, [channel]: change(list) } : state.messages,
    threads: thread ? { ...state.threads, [key]: change(thread) } : state.threads,
  };
}

function countReply(state: RoomState, channel: string, reply: Message): RoomState {
  const list = state.messages[channel];
  if (!list) return state;
  const author = reply.user ?? reply.bot_id ?? "";
  const bumped = list.map((one) => {
    if (one.ts !== reply.thread_ts || (one.latest_reply ?? "") >= reply.ts) return one;
    return {
      ...one,
      thread_ts: one.ts,
      reply_count: (one.reply_count ?? 0) + 1,
      reply_users: [...new Set([...(one.reply_users ?? []), author])],
      latest_reply: reply.ts,
    };
  });
  return { ...state, messages: { ...state.messages, [channel]: bumped } };
}

function replace(state: RoomState, channel: string, message: Message, highlight: boolean): RoomState {
  let changed = false;
  const merge = (list: Message[]) => {
    const before = list.find((one) => one.ts === message.ts);
    changed ||= before !== undefined && contentOf(before) !== contentOf(message);
    // The parent of a thread comes back as a tombstone after it was deleted.
    return insert(list, { ...message, ephemeral: message.ephemeral ?? before?.ephemeral });
  };
  const next = touchList(state, channel, message, merge);
  if (!highlight || !changed) return next;
  const key = threadKey(channel, message.ts);
  return { ...next, changes: { ...next.changes, [key]: (next.changes[key] ?? 0) + 1 } };
}

/** What an edit changes; a new reply or reaction is no edit. */
function contentOf(message: Message): string {
  return JSON.stringify([message.text, message.blocks, message.attachments]);
}

function remove(state: RoomState, channel: string, ts: string): RoomState {
  const without = (list: Message[] | undefined) => list?.filter((one) => one.ts !== ts);
  const threads = Object.entries(state.threads).map(([key, list]) =>
    key.startsWith(`${channel}/`) ? [key, without(list)] : [key, list],
  );
  const gone = state.openThread?.channel === channel && state.openThread.ts === ts;
  return {
    ...state,
    messages: { ...state.messages, [channel]: without(state.messages[channel]) },
    threads: Object.fromEntries(threads) as RoomState["threads"],
    openThread: gone ? undefined : state.openThread,
  };
}
