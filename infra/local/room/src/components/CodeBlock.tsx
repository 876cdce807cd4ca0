import { useState } from "react";
import { Icon } from "./Icon";

/** Preformatted text with a button that copies it. */
export function CodeBlock({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await copyText(text))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 1600);
  };
  return (
    <div className="code-block">
      <pre tabIndex={0} className={hasColumns(text) ? "columns" : undefined}>{text}</pre>
      <button type="button" className="copy-button" onClick={() => void copy()} data-testid="copy-code">
        <Icon name={copied ? "check" : "copy"} />
        <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
      </button>
    </div>
  );
}

/** Whether lines stand below each other, as in a table: such text is moved sideways rather than broken. */
function hasColumns(text: string): boolean {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.length > 1 && lines.every((line) => line.length <= 140 && /\S {2,}\S/.test(line));
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
