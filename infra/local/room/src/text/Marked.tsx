// Draws the single signs that stage lists begin with (✓ ● ○ ✕ …), so that a card reads at a glance.
import { Unbroken } from "./Unbroken";

// A dash is one only where a line begins: elsewhere it is a dash.
const SIGN = /(^|\s)([✓✔✕✗✖●◐○◌⊘])(?=\s|$)|(?:(^|\n)(–)(?= ))/u;
const MEANING: Record<string, string> = {
  "✓": "good",
  "✔": "good",
  "✕": "bad",
  "✗": "bad",
  "✖": "bad",
  "⊘": "bad",
  "●": "busy",
  "◐": "wait",
  "○": "idle",
  "◌": "idle",
  "–": "stopped",
};

export function Marked({ text }: { text: string }) {
  const match = SIGN.exec(text);
  const sign = match?.[2] ?? match?.[4];
  if (!match || !sign) return <Unbroken text={text} />;
  const at = match.index + (match[1] ?? match[3] ?? "").length;
  return (
    <>
      <Unbroken text={text.slice(0, at)} />
      <span className={`sign sign-${MEANING[sign] ?? "idle"}`}>{sign}</span>
      <Marked text={text.slice(at + sign.length)} />
    </>
  );
}
