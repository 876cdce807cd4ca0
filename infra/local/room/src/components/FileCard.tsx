import type { SharedFile } from "../api/types";
import { isSafeLink } from "../text/entities";
import { CodeBlock } from "./CodeBlock";
import { Icon } from "./Icon";
import { useFileText } from "./useFileText";

function size(bytes: number | undefined): string {
  if (bytes === undefined) return "";
  return bytes < 1024 ? `${bytes} B` : bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} kB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

/** A shared file: its name, and its beginning when it is text. */
export function FileCard({ file }: { file: SharedFile }) {
  const link = file.url_private_download ?? file.url_private ?? file.permalink;
  const text = useFileText(file);
  const open = link && (isSafeLink(link) || link.startsWith("/")) ? link : undefined;
  return (
    <div className="file-card">
      <div className="file-head">
        <span className="file-icon"><Icon name="file" size={20} /></span>
        <span className="file-name">
          <strong>{file.title ?? file.name ?? file.id}</strong>
          <small>{[file.pretty_type ?? file.filetype ?? file.mimetype, size(file.size)].filter(Boolean).join(" · ")}</small>
        </span>
        {open && (
          <a className="button" href={open} target="_blank" rel="noreferrer" download={file.name}>
            Open
          </a>
        )}
      </div>
      {open && file.mimetype?.startsWith("image/") && <img className="file-image" src={open} alt={file.title ?? file.name ?? ""} />}
      {text && <CodeBlock text={text} />}
    </div>
  );
}
