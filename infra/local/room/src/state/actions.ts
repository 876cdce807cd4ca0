// What people do in the room, as calls to the workspace and steps of the state.
import type { Dispatch } from "react";
import { api } from "../api/client";
import { explain } from "../api/errors";
import type { Container, ElementValue, Failure, Message, Option, ViewState } from "../api/types";
import { writePlace } from "./address";
import { threadKey, type Outgoing, type Place, type RoomState, type Step } from "./state";

export type RoomActions = ReturnType<typeof makeActions>;

let counter = 0;

function fresh(): string {
  counter += 1;
  return `local-${counter}`;
}

export function makeActions(as: string, dispatch: Dispatch<Step>, now: () => RoomState) {
  const notice = (text: string) => {
    const id = fresh();
    dispatch({ do: "notice", notice: { id, text } });
    setTimeout(() => dispatch({ do: "drop_notice", id }), 8000);
  };

  const load = async (channel: string) => {
    if (!channel) return;
    const answer = await api.messages(as, channel);
    if (answer.ok) dispatch({ do: "loaded", channel, messages: answer.messages, me: as });
    else notice(explain(answer, "The channel"));
  };

  const loadThread = async (channel: string, ts: string) => {
    const answer = await api.thread(as, channel, ts);
    if (answer.ok) dispatch({ do: "thread_loaded", channel, ts, messages: answer.messages });
    else notice(explain(answer, "The thread"));
  };

  const loadHome = async () => {
    const answer = await api.home(as);
    dispatch({ do: "home", view: answer.ok ? answer.view : null });
  };

  const boot = async (): Promise<void> => {
    const answer = await api.boot(as);
    if (answer.ok) return dispatch({ do: "booted", boot: answer });
    dispatch({ do: "boot_failed", failure: answer });
    // The page may be opened before the workspace is up.
    if (answer.error === "no_connection") setTimeout(() => void boot(), 1500);
  };

  const deliver = async (item: Outgoing) => {
    dispatch({ do: "outgoing", item });
    const fail = (failure: Failure, what: string) =>
      dispatch({ do: "send_failed", id: item.id, error: explain(failure, what) });
    if (item.kind === "command") {
      const [command = ""] = item.text.split(/\s/, 1);
      if (item.threadTs) return fail({ ok: false, error: "not_in_thread" }, command);
      const known = now().boot?.commands.some((one) => one.command === command);
      if (!known) return fail({ ok: false, error: "unknown_command" }, command);
      const body = { as, channel: item.channel, command, text: item.text.slice(command.length).trim() };
      const answer = await api.command(body);
      return answer.ok ? dispatch({ do: "sent", id: item.id }) : fail(answer, command);
    }
    const body = { as, channel: item.channel, text: item.text, ...(item.threadTs ? { thread_ts: item.threadTs } : {}) };
    const answer = await api.send(body);
    if (!answer.ok) return fail(answer, "The message");
    dispatch({ do: "sent", id: item.id, ts: answer.ts });
  };

  return {
    boot,
    load,
    loadHome,
    notice,

    /** Reads again all that is on the screen. */
    async reload() {
      const { place, openThread } = now();
      await boot();
      if (place.kind === "channel") await load(place.id);
      else await loadHome();
      if (openThread) await loadThread(openThread.channel, openThread.ts);
    },

    go(place: Place) {
      writePlace(place);
      dispatch({ do: "go", place });
    },

    /** Goes to the direct message with somebody, which begins with this if there was none. */
    async openDirect(user: string) {
      const answer = await api.direct({ as, user });
      if (!answer.ok) return notice(explain(answer, "The direct message"));
      await boot();
      writePlace({ kind: "channel", id: answer.channel.id });
      dispatch({ do: "go", place: { kind: "channel", id: answer.channel.id } });
    },

    openThread(channel: string, ts: string) {
      dispatch({ do: "open_thread", channel, ts });
      void loadThread(channel, ts);
    },

    /** Tells the workspace that this persona has seen what just came in. */
    async markRead(channel: string) {
      await api.messages(as, channel, 1);
    },

    closeThread() {
      dispatch({ do: "close_thread" });
    },

    /** Sends a message or a slash command; the workspace turns names into mentions. */
    send(kind: Outgoing["kind"], channel: string, text: string, threadTs?: string) {
      void deliver({ id: fresh(), kind, channel, text, threadTs, at: Date.now() });
    },

    retry(item: Outgoing) {
      void deliver({ ...item, error: undefined, at: Date.now() });
    },

    discard(id: string) {
      dispatch({ do: "drop_outgoing", id });
    },

    async edit(channel: string, message: Message, text: string) {
      const answer = await api.edit({ as, channel, ts: message.ts, text });
      if (!answer.ok) notice(explain(answer, "The edit"));
    },

    async remove(channel: string, ts: string) {
      const answer = await api.remove({ as, channel, ts });
      // The stream tells what is left of it: nothing, or the head of a thread.
      if (!answer.ok) notice(explain(answer, "Deleting"));
    },

    async react(channel: string, message: Message, name: string) {
      const remove = message.reactions?.some((one) => one.name === name && one.users.includes(as)) ?? false;
      dispatch({ do: "patch", channel, message: withReaction(message, name, as, remove) });
      const answer = await api.react({ as, channel, ts: message.ts, name, ...(remove ? { remove } : {}) });
      if (answer.ok) return;
      dispatch({ do: "patch", channel, message });
      notice(explain(answer, "The reaction"));
    },

    async dismiss(channel: string, ts: string) {
      dispatch({ do: "drop_message", channel, ts });
      await api.dismiss({ as, channel, ts });
    },

    /** Presses a button or picks something; answers with words when it failed. */
    async act(container: Container, block: string, action: string, value: ElementValue, state: ViewState) {
      const answer = await api.action({ as, container, block_id: block, action_id: action, action: value, state });
      return answer.ok ? undefined : explain(answer, "The app");
    },

    async options(container: Container, block: string, action: string, value: string): Promise<Option[]> {
      const answer = await api.options({ as, ...containerFields(container), block_id: block, action_id: action, value });
      if (!answer.ok) {
        notice(explain(answer, "The app"));
        return [];
      }
      return answer.options ?? answer.option_groups?.flatMap((group) => group.options) ?? [];
    },

    /** Answers with the errors by block, or words under "" when the whole failed. */
    async submitView(id: string, state: ViewState): Promise<Record<string, string> | undefined> {
      const before = now().views.find((view) => view.id === id);
      const answer = await api.submitView(id, { as, state });
      if (!answer.ok) return answer.errors ?? { "": explain(answer, "The app") };
      // The workspace tells what became of the view: closed, changed, or another one on top of it.
      await settled(() => now().views.at(-1) !== before);
      if (now().views.at(-1) === before) dispatch({ do: "close_view", id });
      return undefined;
    },

    async closeView(id: string) {
      dispatch({ do: "close_view", id });
      await api.closeView(id, { as });
    },

    threadOf: (channel: string, ts: string) => now().threads[threadKey(channel, ts)],
  };
}

/** Waits until `done`, but not for long. */
async function settled(done: () => boolean): Promise<void> {
  const deadline = Date.now() + 2000;
  while (!done() && Date.now() < deadline) await new Promise((resume) => setTimeout(resume, 30));
}

function withReaction(message: Message, name: string, me: string, remove: boolean): Message {
  const reactions = message.reactions ?? [];
  const known = reactions.find((one) => one.name === name);
  const users = remove ? (known?.users ?? []).filter((user) => user !== me) : [...(known?.users ?? []), me];
  const changed = { name, users, count: users.length };
  const list = known ? reactions.map((one) => (one === known ? changed : one)) : [...reactions, changed];
  return { ...message, reactions: list.filter((one) => one.count > 0) };
}

function containerFields(container: Container): Record<string, unknown> {
  return container.type === "view"
    ? { view_id: container.view_id }
    : { channel: container.channel, message_ts: container.message_ts, container };
}
