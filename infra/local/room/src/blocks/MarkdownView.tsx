// The markdown block is standard Markdown, not mrkdwn: react-markdown knows it, and makes no HTML.
import type { MarkdownBlock } from "@slack/types";
import Markdown, { type Components } from "react-markdown";
import gfm from "remark-gfm";
import { CodeBlock } from "../components/CodeBlock";

const COMPONENTS: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  ),
  // A fence arrives as <pre><code>…</code></pre>; its text gets our block with the copy button.
  pre: ({ node }) => <CodeBlock text={textOf(node)} />,
  img: ({ alt }) => <span>{alt}</span>,
};

interface Node {
  value?: unknown;
  children?: Node[];
}

function textOf(node: unknown): string {
  const { value, children } = (node ?? {}) as Node;
  const own = typeof value === "string" ? value : "";
  return (own + (children ?? []).map(textOf).join("")).replace(/\n$/, "");
}

export function MarkdownView({ block }: { block: MarkdownBlock }) {
  return (
    <div className="block-markdown">
      <Markdown remarkPlugins={[gfm]} components={COMPONENTS}>
        {block.text}
      </Markdown>
    </div>
  );
}
