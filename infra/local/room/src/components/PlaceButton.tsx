import type { ReactNode } from "react";

interface PlaceButtonProps {
  current?: boolean;
  /** Of what opens beside the place one is in: whether it is open. */
  expanded?: boolean;
  icon: ReactNode;
  label: string;
  hint?: string;
  unread?: number;
  mentions?: number;
  testId: string;
  onClick: () => void;
}

/** One line of the side bar; a dot tells of something new, a number that it concerns you. */
export function PlaceButton({ current = false, expanded, icon, label, hint, unread = 0, mentions = 0, testId, onClick }: PlaceButtonProps) {
  const fresh = unread > 0 && !current;
  return (
    <button
      type="button"
      className={`place${current ? " current" : ""}${fresh ? " fresh" : ""}${expanded ? " expanded" : ""}`}
      aria-current={current ? "page" : undefined}
      aria-expanded={expanded}
      aria-label={fresh ? `${label}, ${unread} unread` : undefined}
      data-testid={testId}
      onClick={onClick}
    >
      {icon}
      <span className="place-name">{label}</span>
      {hint && <small>{hint}</small>}
      {fresh && (mentions > 0 ? <span className="badge">{mentions}</span> : <span className="dot" data-testid={`unread-${testId}`} />)}
    </button>
  );
}
