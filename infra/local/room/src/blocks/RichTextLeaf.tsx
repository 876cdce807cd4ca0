import type { RichTextSection } from "@slack/types";
import type { ReactNode } from "react";
import { DateText } from "../text/DateText";
import { isSafeLink } from "../text/entities";
import { Glyph } from "../text/Glyph";
import { Marked } from "../text/Marked";
import { ChannelMention, UserMention } from "../text/Mention";
import { Unbroken } from "../text/Unbroken";

type Leaf = RichTextSection["elements"][number];

export function RichTextLeaf({ leaf }: { leaf: Leaf }) {
  const style = leaf.style ?? {};
  let shown: ReactNode = content(leaf);
  if (style.code) shown = <code>{shown}</code>;
  if (style.bold) shown = <strong>{shown}</strong>;
  if (style.italic) shown = <em>{shown}</em>;
  if (style.strike) shown = <s>{shown}</s>;
  return <>{shown}</>;
}

function content(leaf: Leaf): ReactNode {
  switch (leaf.type) {
    case "text":
      return leaf.style?.code ? <Unbroken text={leaf.text} /> : <Marked text={leaf.text} />;
    case "emoji":
      return <Glyph name={leaf.name} />;
    case "link":
      return isSafeLink(leaf.url) ? (
        <a href={leaf.url} target="_blank" rel="noreferrer">
          {leaf.text ?? leaf.url}
        </a>
      ) : (
        (leaf.text ?? leaf.url)
      );
    case "user":
      return <UserMention id={leaf.user_id} />;
    case "channel":
      return <ChannelMention id={leaf.channel_id} />;
    case "usergroup":
      return <span className="mention">@{leaf.usergroup_id}</span>;
    case "team":
      return <span className="mention">@{leaf.team_id}</span>;
    case "broadcast":
      return <span className="mention mention-me">@{leaf.range}</span>;
    case "date":
      return <DateText unix={leaf.timestamp} format={leaf.format} link={leaf.url} fallback={leaf.fallback} />;
    case "color":
      return <code>{leaf.value}</code>;
  }
}
