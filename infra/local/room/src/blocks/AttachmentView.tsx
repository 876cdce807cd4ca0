// A legacy attachment: blocks or plain parts beside a coloured stripe.
import type { CSSProperties } from "react";
import type { Attachment, Block } from "../api/types";
import { isSafeLink } from "../text/entities";
import { clock, dayLabel } from "../text/dates";
import { Mrkdwn } from "../text/Mrkdwn";
import { PlainText } from "../text/PlainText";
import { Blocks } from "./Blocks";
import { UnfurlView } from "./UnfurlView";

const NAMED: Record<string, string> = { good: "var(--good)", warning: "var(--warn)", danger: "var(--bad)" };

function stripe(color: string | undefined): string {
  if (!color) return "var(--line-strong)";
  const named = NAMED[color];
  if (named) return named;
  const hex = color.startsWith("#") ? color : `#${color}`;
  return /^#[0-9a-f]{3,8}$/i.test(hex) ? hex : "var(--line-strong)";
}

/** Neighbours of one colour that hold nothing but blocks make one card: an app splits long ones. */
export function joinAttachments(attachments: Attachment[]): Attachment[] {
  return attachments.reduce<Attachment[]>((joined, next) => {
    const last = joined.at(-1);
    const same = last?.blocks && next.blocks && last.color === next.color && !next.pretext;
    return same ? [...joined.slice(0, -1), { ...last, blocks: [...(last.blocks ?? []), ...(next.blocks ?? [])] }] : [...joined, next];
  }, []);
}

export function AttachmentView({ attachment }: { attachment: Attachment }) {
  const { blocks, pretext } = attachment;
  if (!blocks && attachment.from_url) return <UnfurlView attachment={attachment} />;
  return (
    <div className="attachment-wrap">
      {pretext && <Mrkdwn text={pretext} />}
      <div className="attachment" style={{ "--stripe": stripe(attachment.color) } as CSSProperties}>
        {blocks ? <Blocks blocks={blocks as Block[]} /> : <Legacy attachment={attachment} />}
      </div>
    </div>
  );
}

function Legacy({ attachment }: { attachment: Attachment }) {
  const { author_name: author, title, title_link: link, text, fields, image_url: image, footer, ts, fallback } = attachment;
  const empty = !author && !title && !text && !fields && !image;
  return (
    <div className="blocks">
      {author && <div className="attachment-author"><PlainText text={author} /></div>}
      {title && (
        <div className="attachment-title">
          {link && isSafeLink(link) ? <a href={link} target="_blank" rel="noreferrer"><PlainText text={title} /></a> : <PlainText text={title} />}
        </div>
      )}
      {text && <Mrkdwn text={text} />}
      {empty && fallback && <Mrkdwn text={fallback} />}
      {fields && (
        <div className="block-fields">
          {fields.map((field, index) => (
            <div key={index} className={field.short ? "block-field" : "block-field block-field-long"}>
              <strong><PlainText text={field.title} /></strong>
              <Mrkdwn text={field.value} />
            </div>
          ))}
        </div>
      )}
      {image && <img className="attachment-image" src={image} alt={title ?? ""} />}
      {footer && (
        <div className="block-context">
          <PlainText text={footer} />
          {ts && <span>{moment(Number(ts))}</span>}
        </div>
      )}
    </div>
  );
}

function moment(unix: number): string {
  const date = new Date(unix * 1000);
  return `${dayLabel(date)} at ${clock(date)}`;
}
