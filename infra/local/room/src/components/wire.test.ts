import { expect, it } from "vitest";
import { EMPTY_DIRECTORY, type Directory } from "../state/directory";
import { fromWire, toWire, withHandles } from "./wire";

const people = [
  { id: "U1", name: "dana", real_name: "Dana Deployer", is_bot: false, is_restricted: false },
  { id: "U2", name: "ops", real_name: "Opsroom", is_bot: true, is_restricted: false },
];
const channels = [{ id: "C1", name: "ops" }, { id: "C2", name: "ops-night" }];
const directory: Directory = {
  ...EMPTY_DIRECTORY,
  people,
  channels,
  person: (id) => people.find((one) => one.id === id),
  channel: (id) => channels.find((one) => one.id === id),
};

it("turns names into ids and escapes the rest", () => {
  expect(toWire("@ops a < b & @Dana Deployer, see #ops-night", directory)).toBe("<@U2> a &lt; b &amp; <@U1>, see <#C2>");
});

it("leaves alone what only looks like a name", () => {
  expect(toWire("me@ops.test @opsy #opsx", directory)).toBe("me@ops.test @opsy #opsx");
});

it("shows ids as names for editing", () => {
  expect(fromWire("<@U1> &lt;b&gt; <#C1|ops> <https://a.test/?a&amp;b>", directory)).toBe("@Dana Deployer <b> #ops https://a.test/?a&b");
});

it("keeps a command's text but for full names", () => {
  expect(withHandles("/ops history @Dana Deployer --since 7d", directory)).toBe("/ops history @dana --since 7d");
});
