import type { ImageBlock } from "@slack/types";
import { PlainText } from "../text/PlainText";
import { pictureSource } from "./picture";

export function ImageView({ block }: { block: ImageBlock }) {
  const source = pictureSource(block);
  return (
    <figure className="block-image">
      {block.title && (
        <figcaption>
          <PlainText text={block.title.text} />
        </figcaption>
      )}
      {source ? <img src={source} alt={block.alt_text} /> : <span className="unknown">{block.alt_text}</span>}
    </figure>
  );
}
