import type { SectionBlock } from "@slack/types";
import { Element } from "../elements/Element";
import { TextObject } from "../text/TextObject";

export function SectionView({ block }: { block: SectionBlock }) {
  const { text, fields, accessory } = block;
  // Long choices don't fit beside the text.
  const below = accessory?.type === "checkboxes" || accessory?.type === "radio_buttons";
  return (
    <div className={below ? "block-section block-section-tall" : "block-section"}>
      <div className="block-section-text">
        {text && <TextObject text={text} />}
        {fields && (
          <div className="block-fields">
            {fields.map((field, index) => (
              <div key={index} className="block-field">
                <TextObject text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {accessory && (
        <div className="block-accessory">
          <Element element={accessory} blockId={block.block_id ?? ""} label={text?.text ?? "Choose"} />
        </div>
      )}
    </div>
  );
}
