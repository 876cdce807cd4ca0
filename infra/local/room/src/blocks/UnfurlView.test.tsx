// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import type { Attachment } from "../api/types";
import { AttachmentView } from "./AttachmentView";

afterEach(cleanup);

const page: Attachment = {
  from_url: "https://blog.example/a",
  title: "A &amp; B",
  title_link: "https://blog.example/a",
  text: "Why *we* measure",
  service_name: "The blog",
  image_url: "https://blog.example/a.png",
};

it("shows a page by its site, its title and its words", () => {
  const { container } = render(<AttachmentView attachment={page} />);
  expect(screen.getByText("The blog")).toBeDefined();
  expect(screen.getByRole("link").getAttribute("href")).toBe("https://blog.example/a");
  expect(container.querySelector("strong")?.textContent).toBe("we");
  expect(container.querySelector("img"), "pictures are on other machines").toBeNull();
});

it("goes by the host where a page has no name, and follows no dangerous link", () => {
  render(<AttachmentView attachment={{ ...page, service_name: undefined, title_link: "javascript:alert(1)" }} />);
  expect(screen.getByText("blog.example")).toBeDefined();
  expect(screen.queryByRole("link")).toBeNull();
});
