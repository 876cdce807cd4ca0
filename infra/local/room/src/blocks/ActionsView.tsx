import type { ActionsBlock } from "@slack/types";
import { Element } from "../elements/Element";
import { useSurface } from "../elements/surface";

export function ActionsView({ block }: { block: ActionsBlock }) {
  const { errors } = useSurface();
  const problem = block.block_id ? errors[block.block_id] : undefined;
  return (
    <div className="block-actions">
      {block.elements.map((element, index) => (
        <Element
          key={"action_id" in element ? (element.action_id ?? index) : index}
          element={element}
          blockId={block.block_id ?? ""}
          label={"placeholder" in element ? (element.placeholder?.text ?? "Choose") : "Choose"}
        />
      ))}
      {problem && <p className="field-error" role="alert">{problem}</p>}
    </div>
  );
}
