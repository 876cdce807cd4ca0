import type { InputBlock } from "@slack/types";
import { useId } from "react";
import { Element } from "../elements/Element";
import { useSurface } from "../elements/surface";
import { PlainText } from "../text/PlainText";

export function InputView({ block }: { block: InputBlock }) {
  const { errors } = useSurface();
  const label = useId();
  const problem = block.block_id ? errors[block.block_id] : undefined;
  return (
    <div className={problem ? "block-input invalid" : "block-input"} role="group" aria-labelledby={label}>
      <div id={label} className="field-label">
        <PlainText text={block.label.text} emoji={block.label.emoji} />
        {block.optional && <span className="optional"> (optional)</span>}
      </div>
      <Element element={block.element} blockId={block.block_id ?? ""} label={block.label.text} quiet={!block.dispatch_action} />
      {problem && <p className="field-error" role="alert">{problem}</p>}
      {block.hint && !problem && (
        <p className="field-hint">
          <PlainText text={block.hint.text} emoji={block.hint.emoji} />
        </p>
      )}
    </div>
  );
}
