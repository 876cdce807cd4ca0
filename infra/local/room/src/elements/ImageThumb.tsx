import type { ImageElement } from "@slack/types";

export function ImageThumb({ element }: { element: ImageElement }) {
  const source = "image_url" in element ? element.image_url : undefined;
  return source ? <img className="thumb" src={source} alt={element.alt_text} /> : <span className="unknown">{element.alt_text}</span>;
}
