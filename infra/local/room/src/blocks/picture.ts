import type { ImageBlock, ImageElement } from "@slack/types";

/** Where a picture is: an address, or a file that was uploaded to Slack, which this workspace serves by its id. */
export function pictureSource(picture: ImageBlock | ImageElement): string | undefined {
  if ("image_url" in picture) {
    return picture.image_url;
  }
  const file = "slack_file" in picture ? picture.slack_file : undefined;
  if (!file) {
    return undefined;
  }
  return "id" in file ? `/files/${encodeURIComponent(file.id)}/picture` : file.url;
}
