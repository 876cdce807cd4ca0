import type { RichTextBlock, RichTextBlockElement, RichTextList } from "@slack/types";
import { Fragment, type ReactNode } from "react";
import { CodeBlock } from "../components/CodeBlock";
import { RichTextLeaf } from "./RichTextLeaf";

export function RichTextView({ block }: { block: RichTextBlock }) {
  return (
    <div className={isEmojiAlone(block) ? "block-rich-text jumbo" : "block-rich-text"}>
      {block.elements.map((element, index) => (
        <Fragment key={index}>{part(element)}</Fragment>
      ))}
    </div>
  );
}

/** A few emoji and nothing else are shown large. */
function isEmojiAlone(block: RichTextBlock): boolean {
  const [only, ...more] = block.elements;
  if (more.length > 0 || only?.type !== "rich_text_section") return false;
  const said = only.elements.filter((leaf) => leaf.type !== "text" || leaf.text.trim() !== "");
  return said.length > 0 && said.length <= 23 && said.every((leaf) => leaf.type === "emoji");
}

function part(element: RichTextBlockElement): ReactNode {
  switch (element.type) {
    case "rich_text_section":
      return <div className="rich-text-section">{leaves(element.elements)}</div>;
    case "rich_text_quote":
      return <blockquote className="rich-text-section">{leaves(element.elements)}</blockquote>;
    case "rich_text_preformatted":
      return <CodeBlock text={element.elements.map((leaf) => ("text" in leaf && leaf.text) || ("url" in leaf ? leaf.url : "")).join("")} />;
    case "rich_text_list":
      return <ListView list={element} />;
  }
}

const ORDERED = ["decimal", "lower-alpha", "lower-roman"];
const BULLETS = ["disc", "circle", "square"];

function ListView({ list }: { list: RichTextList }) {
  const indent = list.indent ?? 0;
  const items = list.elements.map((item, index) => (
    <li key={index}>{item.type === "rich_text_section" ? leaves(item.elements) : part(item as RichTextBlockElement)}</li>
  ));
  const style = { marginInlineStart: `${indent * 1.5}rem` };
  return list.style === "ordered" ? (
    <ol style={{ ...style, listStyleType: ORDERED[indent % 3] }} start={((list as { offset?: number }).offset ?? 0) + 1}>{items}</ol>
  ) : (
    <ul style={{ ...style, listStyleType: BULLETS[indent % 3] }}>{items}</ul>
  );
}

function leaves(elements: Parameters<typeof RichTextLeaf>[0]["leaf"][]): ReactNode {
  return elements.map((leaf, index) => <RichTextLeaf key={index} leaf={leaf} />);
}
