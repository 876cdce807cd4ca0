// A list of blocks on a surface, one component per block type.
import { Fragment } from "react";
import type { Block } from "../api/types";
import { ActionsView } from "./ActionsView";
import { ContextView } from "./ContextView";
import { HeaderView } from "./HeaderView";
import { ImageView } from "./ImageView";
import { InputView } from "./InputView";
import { MarkdownView } from "./MarkdownView";
import { RichTextView } from "./RichTextView";
import { SectionView } from "./SectionView";
import { TableView } from "./TableView";

export function Blocks({ blocks }: { blocks: Block[] }) {
  return (
    <div className="blocks">
      {places(blocks).map((place, index) => (
        <Fragment key={place}>
          <BlockView block={blocks[index] as Block} />
        </Fragment>
      ))}
    </div>
  );
}

/**
 * Which block of its type each one is. An update gives every block another id and may put some between them, and yet a button
 * whose question is being read stays the same button.
 */
function places(blocks: Block[]): string[] {
  const seen = new Map<string, number>();
  return blocks.map(({ type }) => {
    const nth = (seen.get(type) ?? 0) + 1;
    seen.set(type, nth);
    return `${type} ${nth}`;
  });
}

function BlockView({ block }: { block: Block }) {
  switch (block.type) {
    case "header":
      return <HeaderView block={block} />;
    case "section":
      return <SectionView block={block} />;
    case "context":
      return <ContextView block={block} />;
    case "actions":
      return <ActionsView block={block} />;
    case "divider":
      return <hr className="block-divider" />;
    case "image":
      return <ImageView block={block} />;
    case "rich_text":
      return <RichTextView block={block} />;
    case "input":
      return <InputView block={block} />;
    case "markdown":
      return <MarkdownView block={block} />;
    case "table":
      return <TableView block={block} />;
    default:
      return <p className="unknown">This room can't show a “{block.type}” block.</p>;
  }
}
