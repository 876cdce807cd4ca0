// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useEffect } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Deed, Sender } from "../api/outside";
import { OutsidePanel } from "./OutsidePanel";
import { OutsideProvider, useOutside } from "./OutsideProvider";

const text = { kind: "text" as const, choices: [], required: true, hint: "" };
const pull = { id: "pull", label: "Pull request", kind: "choice" as const, default: "", required: true, hint: "open a pull request first" };

/** What the outside world offers: a review once something was opened. */
const senders = (pulls: string[]): Sender[] => [
  {
    id: "github",
    name: "GitHub",
    group: "Code",
    about: "A webhook.",
    shown_after: "/ops gh subscribe acme/api",
    actions: [
      { id: "open", name: "Open", about: "", fields: [{ ...text, id: "title", label: "Title", default: "Count once" }] },
      {
        id: "review",
        name: "Review",
        about: "",
        fields: [{ ...pull, choices: pulls.map((value) => ({ value, label: value })), default: pulls[0] ?? "" }],
      },
    ],
  },
  { id: "jenkins", name: "Jenkins", group: "Builds", about: "A plugin.", shown_after: "", actions: [] },
];

const deed: Deed = {
  summary: "Opened acme/api#101",
  sent: [
    { event: "pull_request", url: "http://door/github", headers: [["X-GitHub-Event", "pull_request"]], body: '{"number":101}', status: 202, answer: '{"ok":"queued"}', taken: true, ms: 7 },
    { event: "push", url: "http://door/github", headers: [], body: "{}", status: 401, answer: '{"error":"no"}', taken: false, ms: 3 },
  ],
};

let asked: { path: string; body: unknown }[];
let opened: string[];
let refusal: object | undefined;

beforeEach(() => {
  asked = [];
  opened = [];
  refusal = undefined;
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    if (!init) return new Response(JSON.stringify({ ok: true, senders: senders(opened) }));
    asked.push({ path, body: JSON.parse(String(init.body)) });
    if (refusal) return new Response(JSON.stringify(refusal), { status: 503 });
    opened = ["acme/api#101"];
    return new Response(JSON.stringify({ ok: true, ...deed }));
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function Panel() {
  const { open, setOpen } = useOutside();
  useEffect(() => setOpen(true), [setOpen]);
  return open ? <OutsidePanel /> : null;
}

const show = () => render(<OutsideProvider><Panel /></OutsideProvider>);

it("sends what the fields say and shows what the door said to each request", async () => {
  show();
  fireEvent.change(await screen.findByTestId("field-title"), { target: { value: "Count twice" } });
  fireEvent.click(screen.getByTestId("do-github-open"));
  const [taken, refused] = await screen.findAllByTestId("sent");
  expect(asked).toEqual([{ path: "/room/api/outside/senders/github/open", body: { title: "Count twice" } }]);
  expect(screen.getByTestId("deed").textContent).toContain("Opened acme/api#101");
  expect(taken?.querySelector("summary")?.textContent).toContain("202 · queued");
  expect(taken?.textContent).toContain('"number": 101');
  expect(taken?.textContent).toContain("X-GitHub-Event: pull_request");
  expect(refused?.querySelector(".sign-bad")).toBeTruthy();
  expect(refused?.querySelector("summary")?.textContent).toContain("401 · no");
});

it("offers what has become possible", async () => {
  show();
  fireEvent.click(await screen.findByTestId("action-github-review"));
  const review = () => screen.getByTestId<HTMLButtonElement>("do-github-review");
  expect(review().disabled).toBe(true);
  expect(screen.getByText("open a pull request first")).toBeTruthy();
  fireEvent.click(screen.getByTestId("action-github-open"));
  fireEvent.click(screen.getByTestId("do-github-open"));
  await screen.findByTestId("deed");
  fireEvent.click(screen.getByTestId("action-github-review"));
  await waitFor(() => expect(review().disabled).toBe(false));
  fireEvent.click(review());
  await waitFor(() => expect(asked.at(-1)?.body).toEqual({ pull: "acme/api#101" }));
});

it("keeps what was typed while one looks at another sender", async () => {
  show();
  fireEvent.change(await screen.findByTestId("field-title"), { target: { value: "Kept" } });
  fireEvent.click(screen.getByTestId("sender-jenkins"));
  expect(screen.queryByTestId("field-title")).toBeNull();
  expect(screen.getByTestId("sender-jenkins").getAttribute("aria-pressed")).toBe("true");
  fireEvent.click(screen.getByTestId("sender-github"));
  expect(screen.getByTestId<HTMLInputElement>("field-title").value).toBe("Kept");
});

it("says why nothing was done", async () => {
  refusal = { ok: false, error: "not_ready", detail: "the local cloud isn't ready" };
  show();
  await screen.findByTestId("field-title");
  fireEvent.click(screen.getByTestId("do-github-open"));
  expect((await screen.findByRole("alert")).textContent).toContain("the local cloud isn't ready");
});

it("closes with Escape", async () => {
  show();
  await screen.findByTestId("outside-panel");
  fireEvent.keyDown(window, { key: "Escape" });
  await waitFor(() => expect(screen.queryByTestId("outside-panel")).toBeNull());
});
