// What an error of the room API means, in words for the person at the keyboard.
import type { Failure } from "./types";

const WORDS: Record<string, (what: string) => string> = {
  operation_timeout: (what) => `${what} did not answer in 3 seconds.`,
  not_in_thread: (what) => `${what} can't be used in threads. Mention @ops instead.`,
  unknown_command: (what) => `${what} is not a command of this workspace.`,
  no_connection: () => "The local workspace is not answering. Is it still running?",
  msg_too_long: () => "The message is too long.",
};

/** `what` names the thing that was asked, such as "/ops" or "The app". */
export function explain(failure: Failure, what: string): string {
  const words = WORDS[failure.error];
  if (words) return words(what);
  return `${what} failed: ${failure.detail ?? `${failure.error.replaceAll("_", " ")}.`}`;
}
