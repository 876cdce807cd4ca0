// Text without markup, as in headers, labels and buttons; emoji names become emoji.
import { Fragment } from "react";
import { unescapeText } from "./entities";
import { Glyph } from "./Glyph";
import { Marked } from "./Marked";

const NAME = /(:[a-z0-9_+'-]+(?:::skin-tone-[2-6])?:)/;

export function PlainText({ text, emoji = true }: { text: string; emoji?: boolean }) {
  if (!emoji) return <>{unescapeText(text)}</>;
  return (
    <>
      {text.split(NAME).map((piece, index) =>
        index % 2 === 1 ? <Glyph key={index} name={piece.slice(1, -1)} /> : <Fragment key={index}><Marked text={unescapeText(piece)} /></Fragment>,
      )}
    </>
  );
}
