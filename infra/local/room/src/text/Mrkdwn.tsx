// Shows mrkdwn. Everything goes through React's text nodes: no markup is ever set as HTML.
import { Fragment, memo, useMemo } from "react";
import { CodeBlock } from "../components/CodeBlock";
import { DateText } from "./DateText";
import { Glyph } from "./Glyph";
import { Marked } from "./Marked";
import { ChannelMention, UserMention } from "./Mention";
import { Unbroken } from "./Unbroken";
import { parseMrkdwn, type Chunk, type Inline } from "./mrkdwn";

export const Mrkdwn = memo(function Mrkdwn({ text, verbatim }: { text: string; verbatim?: boolean }) {
  const chunks = useMemo(() => parseMrkdwn(text, { verbatim }), [text, verbatim]);
  return (
    <div className={isJumbo(chunks) ? "mrkdwn jumbo" : "mrkdwn"}>
      {chunks.map((chunk, index) => (
        <ChunkView key={index} chunk={chunk} />
      ))}
    </div>
  );
});

function ChunkView({ chunk }: { chunk: Chunk }) {
  if (chunk.kind === "pre") return <CodeBlock text={chunk.text} />;
  const lines = chunk.lines.map((line, index) =>
    line.length === 0 ? (
      <div key={index} className="blank-line" />
    ) : (
      <div key={index}>
        <Inlines nodes={line} />
      </div>
    ),
  );
  return chunk.kind === "quote" ? <blockquote>{lines}</blockquote> : <div>{lines}</div>;
}

export function Inlines({ nodes }: { nodes: Inline[] }) {
  return nodes.map((node, index) => (
    <Fragment key={index}>
      <InlineView node={node} />
    </Fragment>
  ));
}

function InlineView({ node }: { node: Inline }) {
  switch (node.kind) {
    case "text":
      return <Marked text={node.text} />;
    case "bold":
      return <strong><Inlines nodes={node.children} /></strong>;
    case "italic":
      return <em><Inlines nodes={node.children} /></em>;
    case "strike":
      return <s><Inlines nodes={node.children} /></s>;
    case "code":
      return <code><Unbroken text={node.text} /></code>;
    case "link":
      return <a href={node.url} target="_blank" rel="noreferrer"><Inlines nodes={node.children} /></a>;
    case "user":
      return <UserMention id={node.id} label={node.label} />;
    case "channel":
      return <ChannelMention id={node.id} label={node.label} />;
    case "usergroup":
      return <span className="mention">{node.label ?? `@${node.id}`}</span>;
    case "broadcast":
      return <span className="mention mention-me">@{node.range}</span>;
    case "date":
      return <DateText unix={node.unix} format={node.format} link={node.link} fallback={node.fallback} />;
    case "emoji":
      return <Glyph name={node.name} />;
  }
}

/** A message of a few emoji and nothing else is shown large. */
function isJumbo(chunks: Chunk[]): boolean {
  const [only] = chunks;
  if (chunks.length !== 1 || only?.kind !== "lines" || only.lines.length !== 1) return false;
  const nodes = (only.lines[0] ?? []).filter((node) => node.kind !== "text" || node.text.trim() !== "");
  return nodes.length > 0 && nodes.length <= 6 && nodes.every((node) => node.kind === "emoji");
}
