// Browsers break a line after any hyphen, also within `--dry-run`, where the half that is left is another command.
const FLAG = /(--[a-z][\w-]*)/;

export function Unbroken({ text }: { text: string }) {
  if (!text.includes("--")) return <>{text}</>;
  return <>{text.split(FLAG).map((piece, index) => (index % 2 === 1 ? <span key={index} className="unbroken">{piece}</span> : piece))}</>;
}
