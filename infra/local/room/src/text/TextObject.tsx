import type { MrkdwnElement, PlainTextElement } from "@slack/types";
import { Mrkdwn } from "./Mrkdwn";
import { PlainText } from "./PlainText";

/** Block Kit's text object of either kind. */
export function TextObject({ text }: { text: MrkdwnElement | PlainTextElement }) {
  if (text.type === "mrkdwn") return <Mrkdwn text={text.text} verbatim={text.verbatim} />;
  return (
    <span className="plain-text">
      <PlainText text={text.text} emoji={text.emoji ?? true} />
    </span>
  );
}
