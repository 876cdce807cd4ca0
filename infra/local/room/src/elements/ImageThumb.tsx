import type { ImageElement } from "@slack/types";
import { pictureSource } from "../blocks/picture";

export function ImageThumb({ element }: { element: ImageElement }) {
  const source = pictureSource(element);
  return source ? <img className="thumb" src={source} alt={element.alt_text} /> : <span className="unknown">{element.alt_text}</span>;
}
