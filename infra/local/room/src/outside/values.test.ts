import { describe, expect, it } from "vitest";
import type { Action, Field, Sender } from "../api/outside";
import { grouped, lacking, readable, valueOf, valuesOf, words } from "./values";

const field = (more: Partial<Field>): Field => ({ id: "a", label: "A", kind: "text", choices: [], default: "", required: true, hint: "", ...more });
const choices = (...values: string[]) => values.map((value) => ({ value, label: value }));
const action = (...fields: Field[]): Action => ({ id: "do", name: "Do", about: "", fields });

describe("a field", () => {
  it("says what was typed, also nothing, or else its default", () => {
    const title = field({ id: "title", default: "Count once" });
    expect(valueOf(title, {})).toBe("Count once");
    expect(valueOf(title, { title: "" })).toBe("");
    expect(valuesOf(action(title, field({ id: "by", default: "dana" })), { by: "avery" })).toEqual({ title: "Count once", by: "avery" });
  });

  it("gives a choice up that is gone, but not a text that was never suggested", () => {
    const pull = field({ kind: "choice", choices: choices("acme/api#102"), default: "acme/api#102" });
    expect(valueOf(pull, { a: "acme/api#101" })).toBe("acme/api#102");
    expect(valueOf(field({ choices: choices("main") }), { a: "topic" })).toBe("topic");
  });

  it("keeps an action from being done where there is nothing to choose", () => {
    const none = field({ kind: "choice" });
    expect(lacking(action(field({}), none))).toBe(none);
    expect(lacking(action(field({ kind: "choice", choices: choices("x") })))).toBeUndefined();
  });
});

it("senders stand under their headings in the order in which they come", () => {
  const sender = (id: string, group: string): Sender => ({ id, name: id, group, about: "", shown_after: "", actions: [] });
  const groups = grouped([sender("github", "Code"), sender("gitlab", "Builds"), sender("jenkins", "Builds")]);
  expect(groups.map(([group, senders]) => [group, senders.map((one) => one.id)])).toEqual([["Code", ["github"]], ["Builds", ["gitlab", "jenkins"]]]);
});

it("answers are told in few words", () => {
  expect(words('{"ok":"queued"}')).toBe("queued");
  expect(words('{"error":"the signature doesn\'t fit"}')).toBe("the signature doesn't fit");
  expect(words('{"pipelineExecutionId":"1"}')).toBe("");
  expect(words("connection refused")).toBe("connection refused");
  expect(words("x".repeat(200))).toHaveLength(121);
  expect(readable('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(readable("a=1&b=2")).toBe("a=1&b=2");
});
