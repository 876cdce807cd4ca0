import { expect, it } from "vitest";
import type { Block } from "../api/types";
import { missing } from "./missing";
import { initialValues, mergeValues } from "./values";

const label = { type: "plain_text" as const, text: "Ref" };
const input = (more: object = {}): Block => ({
  type: "input",
  block_id: "b",
  label,
  element: { type: "plain_text_input", action_id: "a", ...more },
});

it("begins with what the blocks say, and with null where they say nothing", () => {
  expect(initialValues([input()])).toEqual({ b: { a: { type: "plain_text_input", value: null } } });
  expect(initialValues([input({ initial_value: "main" })])).toEqual({ b: { a: { type: "plain_text_input", value: "main" } } });
});

it("keeps what was typed over an update, and drops what is gone", () => {
  const typed = { b: { a: { type: "plain_text_input", value: "v2" } }, old: { a: { type: "plain_text_input", value: "x" } } };
  expect(mergeValues(typed, [input({ initial_value: "main" })])).toEqual({ b: { a: { type: "plain_text_input", value: "v2" } } });
});

it("names the required fields that are empty, and malformed ones", () => {
  expect(missing([input()], initialValues([input()]))).toEqual({ b: "Please complete this required field." });
  expect(missing([{ ...input(), optional: true } as Block], {})).toEqual({});
  const email: Block = { type: "input", block_id: "b", label, element: { type: "email_text_input", action_id: "a" } };
  expect(missing([email], { b: { a: { type: "email_text_input", value: "nobody" } } })).toEqual({ b: "Please enter a valid email address." });
});
