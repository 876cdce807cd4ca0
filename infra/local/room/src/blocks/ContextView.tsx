import type { ContextBlock } from "@slack/types";
import { ImageThumb } from "../elements/ImageThumb";
import { TextObject } from "../text/TextObject";

export function ContextView({ block }: { block: ContextBlock }) {
  return (
    <div className="block-context">
      {block.elements.map((element, index) =>
        element.type === "image" ? <ImageThumb key={index} element={element} /> : <TextObject key={index} text={element} />,
      )}
    </div>
  );
}
