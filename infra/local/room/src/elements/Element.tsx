// Chooses the component for a Block Kit element.
import type { ActionsBlockElement, ImageElement, InputBlockElement, SectionBlockAccessory } from "@slack/types";
import { ButtonElement } from "./ButtonElement";
import { ChoiceElement } from "./ChoiceElement";
import { EntitySelect } from "./EntitySelect";
import { ImageThumb } from "./ImageThumb";
import { MomentElement } from "./MomentElement";
import { OptionSelect } from "./OptionSelect";
import { OverflowElement } from "./OverflowElement";
import { TextElement } from "./TextElement";

export type AnyElement = ActionsBlockElement | SectionBlockAccessory | InputBlockElement | ImageElement;

interface Props {
  element: AnyElement;
  blockId: string;
  label: string;
  quiet?: boolean;
}

export function Element({ element, blockId, label, quiet = false }: Props) {
  const place = { blockId, label, quiet };
  switch (element.type) {
    case "button":
      return <ButtonElement element={element} {...place} />;
    case "static_select":
    case "multi_static_select":
    case "external_select":
    case "multi_external_select":
      return <OptionSelect element={element} {...place} />;
    case "users_select":
    case "multi_users_select":
    case "channels_select":
    case "multi_channels_select":
    case "conversations_select":
    case "multi_conversations_select":
      return <EntitySelect element={element} {...place} />;
    case "overflow":
      return <OverflowElement element={element} {...place} />;
    case "checkboxes":
    case "radio_buttons":
      return <ChoiceElement element={element} {...place} />;
    case "datepicker":
    case "timepicker":
    case "datetimepicker":
      return <MomentElement element={element} {...place} />;
    case "plain_text_input":
    case "email_text_input":
    case "url_text_input":
    case "number_input":
      return <TextElement element={element} {...place} />;
    case "image":
      return <ImageThumb element={element} />;
    default:
      return <span className="unknown">This room can't show a “{element.type}” element.</span>;
  }
}
