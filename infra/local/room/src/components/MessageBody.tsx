// A message's content: its blocks, or else its text; then attachments and files.
import { useCallback, useMemo, useState } from "react";
import type { Block, Message } from "../api/types";
import { AttachmentView, joinAttachments } from "../blocks/AttachmentView";
import { Blocks } from "../blocks/Blocks";
import { SurfaceContext, useNewSurface } from "../elements/surface";
import { fullMoment, tsDate } from "../text/dates";
import { Mrkdwn } from "../text/Mrkdwn";
import { FileCard } from "./FileCard";

const NO_BLOCKS: Block[] = [];
/** A slash command that was answered in the channel shows above the answer, as it was typed. */
const COMMAND = /^\/[a-z][\w-]*(\s|$)/;

interface MessageBodyProps {
  channel: string;
  message: Message;
  isApp: boolean;
}

export function MessageBody({ channel, message, isApp }: MessageBodyProps) {
  const { blocks, attachments, files, edited } = message;
  const [problem, setProblem] = useState<string>();
  const failed = useCallback((text: string) => setProblem(text), []);
  const all = useMemo(
    () => [...(blocks ?? NO_BLOCKS), ...(attachments ?? []).flatMap((one) => (one.blocks ?? []) as Block[])],
    [blocks, attachments],
  );
  const surface = useNewSurface(
    { type: "message", channel, message_ts: message.ts, ...(message.ephemeral ? { ephemeral: true } : {}) },
    all,
    { failed },
  );
  const card = !isApp ? undefined : blocks && blocks.length > 1 ? "message-card" : attachments?.length ? "message-lead" : undefined;
  return (
    <SurfaceContext value={surface}>
      {blocks?.length ? (
        <div className={card}><Blocks blocks={blocks} /></div>
      ) : (
        message.text && (
          <div className={!isApp && COMMAND.test(message.text) ? "command-line" : undefined}><Mrkdwn text={message.text} /></div>
        )
      )}
      {edited && !isApp && <span className="edited" title={fullMoment(tsDate(edited.ts))}>(edited)</span>}
      {joinAttachments(attachments ?? []).map((attachment, index) => <AttachmentView key={index} attachment={attachment} />)}
      {files?.map((file) => <FileCard key={file.id} file={file} />)}
      {problem && (
        <p className="message-problem" role="alert">
          {problem}
          <button type="button" className="link-button" onClick={() => setProblem(undefined)}>Dismiss</button>
        </p>
      )}
    </SurfaceContext>
  );
}
