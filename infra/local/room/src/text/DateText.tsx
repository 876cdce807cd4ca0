import { isSafeLink } from "./entities";
import { formatDate, fullMoment } from "./dates";

interface DateTextProps {
  unix: number;
  format: string;
  link?: string;
  fallback?: string;
}

/** A moment in the reader's own time zone; an impossible one shows its fallback. */
export function DateText({ unix, format, link, fallback }: DateTextProps) {
  const date = new Date(unix * 1000);
  if (Number.isNaN(date.getTime())) return <>{fallback}</>;
  const time = (
    <time dateTime={date.toISOString()} title={fullMoment(date)}>
      {formatDate(unix, format)}
    </time>
  );
  return link && isSafeLink(link) ? <a href={link} target="_blank" rel="noreferrer">{time}</a> : time;
}
