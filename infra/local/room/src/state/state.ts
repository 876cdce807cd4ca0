// All that the page knows, and the pure function that takes it from one moment to the next.
import type { Boot, Failure, Message, RoomEvent, View } from "../api/types";

export type Place = { kind: "channel"; id: string } | { kind: "home" };

/** Something typed that the workspace has not confirmed yet, or has refused. */
export interface Outgoing {
  id: string;
  kind: "message" | "command";
  channel: string;
  threadTs?: string;
  text: string;
  at: number;
  /** The `ts` the workspace gave it; it vanishes when that message arrives. */
  ts?: string;
  error?: string;
}

export interface Notice {
  id: string;
  text: string;
}

export interface RoomState {
  boot?: Boot;
  bootError?: Failure;
  link: "connecting" | "up" | "down";
  place: Place;
  /** What a channel's list shows, oldest first; a channel not opened yet has none. */
  messages: Record<string, Message[] | undefined>;
  /** Threads by `channel/ts`: the parent first, then its replies. */
  threads: Record<string, Message[] | undefined>;
  openThread?: { channel: string; ts: string };
  unread: Record<string, number>;
  /** Where one came to when entering a place with unread messages: how many, then the first one's `ts`. */
  newSince?: { channel: string; count: number; ts?: string };
  mentions: Record<string, number>;
  outgoing: Outgoing[];
  /** How often a message was changed in place while we looked; each change is highlighted. */
  changes: Record<string, number>;
  /** The stack of open modals, the visible one last. */
  views: View[];
  home?: View | null;
  notices: Notice[];
}

export type Step =
  | { do: "booted"; boot: Boot }
  | { do: "boot_failed"; failure: Failure }
  | { do: "link"; link: RoomState["link"] }
  | { do: "go"; place: Place }
  | { do: "loaded"; channel: string; messages: Message[]; me: string }
  | { do: "thread_loaded"; channel: string; ts: string; messages: Message[] }
  | { do: "open_thread"; channel: string; ts: string }
  | { do: "close_thread" }
  | { do: "event"; event: RoomEvent; me: string; looking: boolean }
  | { do: "outgoing"; item: Outgoing }
  | { do: "sent"; id: string; ts?: string }
  | { do: "send_failed"; id: string; error: string }
  | { do: "drop_outgoing"; id: string }
  | { do: "drop_message"; channel: string; ts: string }
  | { do: "patch"; channel: string; message: Message }
  | { do: "home"; view: View | null }
  | { do: "close_view"; id: string }
  | { do: "close_all_views" }
  | { do: "notice"; notice: Notice }
  | { do: "drop_notice"; id: string };

export function initialState(place: Place): RoomState {
  return {
    link: "connecting",
    place,
    messages: {},
    threads: {},
    unread: {},
    mentions: {},
    outgoing: [],
    changes: {},
    views: [],
    notices: [],
  };
}

export function threadKey(channel: string, ts: string): string {
  return `${channel}/${ts}`;
}

/** A reply lives in its thread only; a parent's own `thread_ts` is its `ts`. */
export function isReply(message: Message): boolean {
  return message.thread_ts !== undefined && message.thread_ts !== message.ts && message.subtype !== "thread_broadcast";
}

export function byTs(a: Message, b: Message): number {
  return a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0;
}
