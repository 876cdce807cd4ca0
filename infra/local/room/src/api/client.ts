// Calls of the room API. Every call answers with `ok`, also when the network is gone, so
// that no caller needs a try block.
import type { Answer, Boot, Channel, Container, ElementValue, Message, Option, View, ViewState } from "./types";

const BASE = "/room/api";

/** A call by its path below the room API. */
export async function call<T>(path: string, init?: RequestInit): Promise<Answer<T>> {
  try {
    const response = await fetch(BASE + path, init);
    return (await response.json()) as Answer<T>;
  } catch (cause) {
    return { ok: false, error: "no_connection", detail: cause instanceof Error ? cause.message : undefined };
  }
}

/** The same with something to say. */
export function post<T>(path: string, body: object): Promise<Answer<T>> {
  return call<T>(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

const id = encodeURIComponent;

/** Who acts is a parameter of every call: the page can change persona at any time. */
export const api = {
  boot: (as: string) => call<Boot>(`/boot?as=${id(as)}`),
  messages: (as: string, channel: string, limit = 100) =>
    call<{ messages: Message[] }>(`/channels/${id(channel)}/messages?as=${id(as)}&limit=${limit}`),
  thread: (as: string, channel: string, ts: string) =>
    call<{ messages: Message[] }>(`/channels/${id(channel)}/threads/${id(ts)}?as=${id(as)}`),
  home: (as: string) => call<{ view: View | null }>(`/home?as=${id(as)}`),
  send: (body: { as: string; channel: string; thread_ts?: string; text: string }) =>
    post<{ ts: string }>("/messages", body),
  edit: (body: { as: string; channel: string; ts: string; text: string }) => post("/messages/edit", body),
  remove: (body: { as: string; channel: string; ts: string }) => post("/messages/delete", body),
  command: (body: { as: string; channel: string; command: string; text: string }) => post("/commands", body),
  action: (body: {
    as: string;
    container: Container;
    block_id: string;
    action_id: string;
    action: ElementValue;
    state?: ViewState;
  }) => post("/actions", body),
  options: (body: { as: string; block_id: string; action_id: string; value: string } & Record<string, unknown>) =>
    post<{ options?: Option[]; option_groups?: { options: Option[] }[] }>("/options", body),
  submitView: (view: string, body: { as: string; state: ViewState }) => post(`/views/${id(view)}/submit`, body),
  closeView: (view: string, body: { as: string }) => post(`/views/${id(view)}/close`, body),
  react: (body: { as: string; channel: string; ts: string; name: string; remove?: boolean }) =>
    post("/reactions", body),
  direct: (body: { as: string; user: string }) => post<{ channel: Channel }>("/direct", body),
  dismiss: (body: { as: string; channel: string; ts: string }) => post("/ephemerals/dismiss", body),
};

/** Subscribes to what happens in the room; the browser reconnects by itself. */
export function subscribe(
  as: string,
  handlers: { event: (data: string) => void; up: () => void; down: () => void },
): () => void {
  const source = new EventSource(`${BASE}/events?as=${id(as)}`);
  let retry: ReturnType<typeof setTimeout> | undefined;
  let stop = () => source.close();
  source.onopen = handlers.up;
  source.onmessage = (event: MessageEvent<string>) => handlers.event(event.data);
  source.onerror = () => {
    handlers.down();
    // A browser gives up for good when the answer is not an event stream (a proxy's error page).
    if (source.readyState === EventSource.CLOSED && retry === undefined) {
      retry = setTimeout(() => {
        stop = subscribe(as, handlers);
      }, 1500);
    }
  };
  return () => {
    if (retry !== undefined) clearTimeout(retry);
    source.close();
    stop();
  };
}
