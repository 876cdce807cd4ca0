import { describe, expect, it } from "vitest";
import type { Message, RoomEvent, View } from "../api/types";
import { reduce } from "./reducer";
import { initialState, type RoomState } from "./state";

const message = (ts: string, more: Partial<Message> = {}): Message => ({ type: "message", ts, user: "U2", text: "hello", ...more });
const event = (state: RoomState, what: RoomEvent) => reduce(state, { do: "event", event: what, me: "U1", looking: true });
const opened = (messages: Message[]) =>
  reduce(initialState({ kind: "channel", id: "C1" }), { do: "loaded", channel: "C1", messages, me: "U1" });
const view = (id: string, previous?: string) => ({ id, type: "modal", previous_view_id: previous ?? null, blocks: [] }) as unknown as View;

describe("messages", () => {
  it("are kept in order, and once, whatever comes twice", () => {
    let state = opened([message("2.0")]);
    for (const ts of ["3.0", "1.0", "3.0"]) state = event(state, { type: "message", channel: "C1", message: message(ts) });
    expect(state.messages["C1"]?.map((one) => one.ts)).toEqual(["1.0", "2.0", "3.0"]);
  });

  it("count as unread elsewhere, and as a mention when they name me", () => {
    let state = event(opened([]), { type: "message", channel: "C2", message: message("1.0") });
    state = event(state, { type: "message", channel: "C2", message: message("2.0", { text: "<@U1> look" }) });
    state = event(state, { type: "message", channel: "C1", message: message("3.0") });
    expect([state.unread["C2"], state.mentions["C2"], state.unread["C1"]]).toEqual([2, 1, undefined]);
  });

  it("are highlighted when they change, not when a reply is counted", () => {
    let state = opened([message("1.0")]);
    state = event(state, { type: "message_changed", channel: "C1", message: message("1.0", { reply_count: 1, thread_ts: "1.0" }) });
    expect(state.changes["C1/1.0"]).toBeUndefined();
    state = event(state, { type: "message_changed", channel: "C1", message: message("1.0", { text: "hello!" }) });
    expect(state.changes["C1/1.0"]).toBe(1);
    expect(state.messages["C1"]?.[0]?.text).toBe("hello!");
  });

  it("in a thread stay out of the channel and count once", () => {
    const reply = message("2.0", { thread_ts: "1.0" });
    let state = opened([message("1.0")]);
    state = event(state, { type: "message", channel: "C1", message: reply });
    state = event(state, { type: "message", channel: "C1", message: reply });
    expect(state.messages["C1"]).toMatchObject([{ ts: "1.0", reply_count: 1, reply_users: ["U2"] }]);
  });

  it("that are mine replace what I was sending, whichever comes first", () => {
    const item = { id: "a", kind: "message" as const, channel: "C1", text: "a < b", at: 0 };
    const sending = reduce(opened([]), { do: "outgoing", item });
    const arrived: RoomEvent = { type: "message", channel: "C1", message: message("1.0", { user: "U1", text: "a &lt; b" }) };
    expect(event(sending, arrived).outgoing).toEqual([]);
    expect(event(reduce(sending, { do: "sent", id: "a", ts: "1.0" }), arrived).outgoing).toEqual([]);
    const failed = reduce(sending, { do: "send_failed", id: "a", error: "no" });
    expect(event(failed, arrived).outgoing).toHaveLength(1);
  });
});

it("remembers where the unread messages of a place begin", () => {
  let state = event(opened([]), { type: "message", channel: "C2", message: message("2.0") });
  state = event(state, { type: "message", channel: "C2", message: message("4.0") });
  state = reduce(state, { do: "go", place: { kind: "channel", id: "C2" } });
  const messages = [message("1.0"), message("2.0"), message("3.0", { user: "U1" }), message("4.0")];
  state = reduce(state, { do: "loaded", channel: "C2", messages, me: "U1" });
  expect([state.newSince?.ts, state.unread["C2"]]).toEqual(["2.0", 0]);
});

describe("modals", () => {
  it("stack when one is pushed and go back when it closes", () => {
    let state = event(opened([]), { type: "view_opened", view: view("V1") });
    state = event(state, { type: "view_opened", view: view("V2", "V1") });
    expect(state.views.map((one) => one.id)).toEqual(["V1", "V2"]);
    state = event(state, { type: "view_closed", view: view("V2") });
    expect(state.views.map((one) => one.id)).toEqual(["V1"]);
    state = event(state, { type: "view_opened", view: view("V3") });
    expect(state.views.map((one) => one.id)).toEqual(["V3"]);
  });
});
