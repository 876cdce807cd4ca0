// What a link leads to, as Slack shows it below a message. Its pictures are on other machines, so none is loaded: a letter stands for a site.
import type { CSSProperties } from "react";
import type { Attachment } from "../api/types";
import { isSafeLink } from "../text/entities";
import { Mrkdwn } from "../text/Mrkdwn";
import { PlainText } from "../text/PlainText";

export function UnfurlView({ attachment }: { attachment: Attachment }) {
  const { author_name: author, title, title_link: link, text, fallback } = attachment;
  const site = attachment.service_name ?? host(attachment.from_url);
  return (
    <div className="unfurl">
      {site && (
        <div className="unfurl-site">
          <span className="unfurl-mark" style={{ "--hue": hue(site) } as CSSProperties} aria-hidden="true">{[...site][0]?.toUpperCase()}</span>
          <PlainText text={site} />
          {author && <span className="unfurl-author"><PlainText text={author} /></span>}
        </div>
      )}
      {title && (
        <div className="unfurl-title">
          {link && isSafeLink(link) ? <a href={link} target="_blank" rel="noreferrer"><PlainText text={title} /></a> : <PlainText text={title} />}
        </div>
      )}
      {text && <div className="unfurl-text"><Mrkdwn text={text} /></div>}
      {!title && !text && fallback && <PlainText text={fallback} />}
    </div>
  );
}

function host(address: string | undefined): string | undefined {
  try {
    return address === undefined ? undefined : new URL(address).host.replace(/^www\./, "");
  } catch {
    return undefined;
  }
}

/** A colour of its own for each site. */
function hue(site: string): number {
  return [...site].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
}
