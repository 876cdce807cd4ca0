// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Block } from "../api/types";
import { SurfaceContext, type Surface } from "../elements/surface";
import { initialValues } from "../elements/values";
import { DirectoryContext, EMPTY_DIRECTORY } from "../state/directory";
import { Blocks } from "./Blocks";

afterEach(cleanup);

function show(blocks: Block[], more: Partial<Surface> = {}) {
  const surface: Surface = { values: initialValues(blocks), errors: {}, set: vi.fn(), act: vi.fn(), options: vi.fn(), ...more };
  const dana = { id: "U1", name: "dana", real_name: "Dana Deployer", is_bot: false, is_restricted: false };
  const directory = { ...EMPTY_DIRECTORY, people: [dana], person: (id?: string) => (id === "U1" ? dana : undefined) };
  const shown = render(
    <DirectoryContext value={directory}>
      <SurfaceContext value={surface}><Blocks blocks={blocks} /></SurfaceContext>
    </DirectoryContext>,
  );
  return { surface, html: shown.container };
}

const plain = (text: string) => ({ type: "plain_text" as const, text });
const mrkdwn = (text: string) => ({ type: "mrkdwn" as const, text });

describe("text", () => {
  it("shows a deployment's card", () => {
    const { html } = show([
      { type: "section", text: mrkdwn("*Deploying api to staging*") },
      { type: "context", elements: [mrkdwn("by <@U1>")] },
      { type: "section", text: mrkdwn("✓ Source\n● Build – now\n✕ Test\n– Deploy") },
    ]);
    expect(html.querySelector("strong")?.textContent).toBe("Deploying api to staging");
    expect(html.querySelector(".mention")?.textContent).toBe("@Dana Deployer");
    expect([...html.querySelectorAll(".sign")].map((sign) => sign.className)).toEqual(["sign sign-good", "sign sign-busy", "sign sign-bad", "sign sign-stopped"]);
  });

  it("makes no markup out of what a message says", () => {
    const { html } = show([
      { type: "section", text: mrkdwn("&lt;img src=x onerror=alert(1)&gt; <b>") },
      { type: "markdown", text: "<img src=x onerror=alert(1)> [x](javascript:alert(1))" },
    ]);
    expect(html.querySelector("img")).toBeNull();
    expect(html.querySelector("a[href^=javascript]")).toBeNull();
    expect(html.textContent).toContain("<img src=x onerror=alert(1)>");
  });

  it("gives preformatted text a button that copies it", async () => {
    const write = vi.fn().mockResolvedValue(undefined);
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: write } });
    show([{ type: "rich_text", elements: [{ type: "rich_text_preformatted", elements: [{ type: "text", text: "aws s3 ls" }] }] }]);
    fireEvent.click(screen.getByTestId("copy-code"));
    expect(await screen.findByText("Copied")).toBeTruthy();
    expect(write).toHaveBeenCalledWith("aws s3 ls");
    vi.unstubAllGlobals();
  });
});

describe("elements", () => {
  const button = (more: object = {}): Block => ({
    type: "actions",
    block_id: "b",
    elements: [{ type: "button", action_id: "go", text: plain("Go"), value: "1", ...more }],
  });

  it("send what was pressed", () => {
    const { surface } = show([button()]);
    fireEvent.click(screen.getByTestId("button-go"));
    expect(surface.act).toHaveBeenCalledWith("b", "go", { type: "button", text: plain("Go"), value: "1" });
  });

  it("ask first when they are told to", () => {
    const confirm = { title: plain("Sure?"), text: plain("It stops."), confirm: plain("Stop"), deny: plain("Back") };
    const { surface } = show([button({ confirm })]);
    fireEvent.click(screen.getByTestId("button-go"));
    fireEvent.click(screen.getByTestId("confirm-deny"));
    expect(surface.act).not.toHaveBeenCalled();
    fireEvent.click(screen.getByTestId("button-go"));
    fireEvent.click(screen.getByTestId("confirm-yes"));
    expect(surface.act).toHaveBeenCalledOnce();
  });

  it("stay the same while an update comes between the question and its answer", () => {
    const confirm = { title: plain("Sure?"), text: plain("It stops."), confirm: plain("Stop"), deny: plain("Back") };
    const act = vi.fn();
    const surface: Surface = { values: {}, errors: {}, set: vi.fn(), act, options: vi.fn() };
    const at = (blocks: Block[]) => <SurfaceContext value={surface}><Blocks blocks={blocks} /></SurfaceContext>;
    const { rerender } = render(at([button({ confirm })]));
    fireEvent.click(screen.getByTestId("button-go"));
    rerender(at([{ type: "section", block_id: "s", text: mrkdwn("Build") }, { ...button({ confirm, value: "2" }), block_id: "b2" } as Block]));
    fireEvent.click(screen.getByTestId("confirm-yes"));
    expect(act).toHaveBeenCalledExactlyOnceWith("b2", "go", { type: "button", text: plain("Go"), value: "2" });
  });

  it("keep a choice in an input block for the submission", () => {
    const option = { text: plain("api"), value: "api" };
    const { surface } = show([
      { type: "input", block_id: "b", label: plain("Service"), element: { type: "radio_buttons", action_id: "a", options: [option] } },
    ]);
    fireEvent.click(screen.getByRole("radio"));
    expect(surface.set).toHaveBeenCalledWith("b", "a", { type: "radio_buttons", selected_option: option });
    expect(surface.act).not.toHaveBeenCalled();
  });

  it("show the error of their block", () => {
    const block: Block = { type: "input", block_id: "b", label: plain("Ref"), element: { type: "plain_text_input", action_id: "a" } };
    show([block], { errors: { b: "No such revision." } });
    expect(screen.getByRole("alert").textContent).toBe("No such revision.");
  });

  it("say so when they are unknown", () => {
    const { html } = show([{ type: "carousel", elements: [] } as unknown as Block]);
    expect(html.textContent).toContain("can't show a “carousel” block");
  });
});
