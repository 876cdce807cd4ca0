import { expect, test } from "vitest";
import { pictureSource } from "./picture";

test("a picture is an address or an uploaded file", () => {
  const alt = { alt_text: "errors rise" };
  expect(pictureSource({ type: "image", image_url: "https://e.example/a.png", ...alt })).toBe("https://e.example/a.png");
  expect(pictureSource({ type: "image", slack_file: { id: "F1" }, ...alt })).toBe("/files/F1/picture");
  expect(pictureSource({ type: "image", slack_file: { url: "https://files.example/F1" }, ...alt })).toBe("https://files.example/F1");
});
