import { describe, expect, it } from "vitest";
import { complete, usageOf, usages, type Subject } from "./completion";

const person = (id: string, name: string, real_name: string, is_bot = false) => ({ id, name, real_name, is_bot, is_restricted: false });
const subject: Subject = {
  commands: [{ command: "/ops", description: "Run things", usage_hint: "help [command] | deploy <service>[@ref] to <env> | deploys <service> | history [@user|service]" }],
  people: [person("U1", "dana", "Dana Deployer"), person("U2", "ops", "Opsroom", true)],
  channels: [{ id: "C1", name: "ops" }, { id: "C2", name: "builds" }],
  inThread: false,
};
const offered = (text: string, changes: Partial<Subject> = {}) =>
  complete(text, text.length, { ...subject, ...changes })?.items.map((item) => item.insert);

describe("usage hints", () => {
  it("separates at bars outside of brackets only", () => {
    expect(usages("status [env] | history [@user|service]").map((one) => one.usage)).toEqual(["status [env]", "history [@user|service]"]);
  });

  it("reads a hint that is one pair of brackets", () => {
    expect(usages("[help|deploy|status]").map((one) => one.word)).toEqual(["help", "deploy", "status"]);
  });
});

describe("completion", () => {
  it.each([
    ["/", ["/ops "]],
    ["/ops ", ["help ", "deploy ", "deploys ", "history "]],
    ["/ops dep", ["deploy ", "deploys "]],
    ["@ops dep", ["deploy ", "deploys "]],
    ["hi @da", ["@Dana Deployer "]],
    ["hi @de", ["@Dana Deployer "]],
    ["see #bu", ["#builds "]],
  ])("%j", (typed, inserts) => {
    expect(offered(typed)).toEqual(inserts);
  });

  it.each(["/ops deploy api", "a /ops", "mail@dana", "a:b", "plain"])("offers nothing for %j", (typed) => {
    expect(offered(typed)).toBeUndefined();
  });

  it("offers no slash commands in a thread, but the app's words by mention", () => {
    expect(offered("/o", { inThread: true })).toBeUndefined();
    expect(offered("@ops he", { inThread: true })).toEqual(["help "]);
  });

  it("knows when a word is typed out, so that Enter sends", () => {
    expect(complete("/ops help", 9, subject)?.complete).toBe(true);
    expect(complete("/ops hel", 8, subject)?.complete).toBe(false);
  });

  it("shows the shape of the command being typed", () => {
    expect(usageOf("/ops deploy api", subject)).toBe("deploy <service>[@ref] to <env>");
    expect(usageOf("/ops depoly api", subject)).toBeUndefined();
  });
});
