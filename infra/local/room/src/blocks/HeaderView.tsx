import type { HeaderBlock } from "@slack/types";
import { PlainText } from "../text/PlainText";

export function HeaderView({ block }: { block: HeaderBlock }) {
  return (
    <h3 className="block-header">
      <PlainText text={block.text.text} emoji={block.text.emoji} />
    </h3>
  );
}
