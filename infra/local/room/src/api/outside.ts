// The outside world: who there is, what they can do, and doing it. The page knows no sender by name.
import { call, post } from "./client";
import type { Answer } from "./types";

export interface Choice {
  value: string;
  label: string;
}

export interface Field {
  id: string;
  label: string;
  kind: "text" | "lines" | "choice";
  /** What can be chosen; of a text, what is suggested. */
  choices: Choice[];
  default: string;
  required: boolean;
  hint: string;
}

export interface Action {
  id: string;
  name: string;
  about: string;
  fields: Field[];
}

export interface Sender {
  id: string;
  name: string;
  group: string;
  about: string;
  /** What has to be typed in a channel for it to see anything of this. */
  shown_after: string;
  actions: Action[];
}

/** One request that went out, and what came back. */
export interface Sent {
  event: string;
  url: string;
  headers: [name: string, value: string][];
  body: string;
  status: number | null;
  answer: string;
  taken: boolean;
  ms: number;
}

export interface Deed {
  summary: string;
  sent: Sent[];
}

const id = encodeURIComponent;

export const listSenders = () => call<{ senders: Sender[] }>("/outside/senders");

export const act = (sender: string, action: string, fields: Record<string, string>): Promise<Answer<Deed>> =>
  post<Deed>(`/outside/senders/${id(sender)}/${id(action)}`, fields);
