// Slack's date tokens (<!date^unix^format^link|fallback>) and the times shown beside messages.

const MONTH_DAY: Intl.DateTimeFormatOptions = { month: "long", day: "numeric" };

function ordinal(day: number): string {
  const rest = day % 100;
  if (rest >= 11 && rest <= 13) return `${day}th`;
  return `${day}${["th", "st", "nd", "rd"][day % 10] ?? "th"}`;
}

function part(date: Date, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat("en-US", options).format(date);
}

function long(date: Date, weekday: boolean): string {
  const text = `${part(date, { month: "long" })} ${ordinal(date.getDate())}, ${date.getFullYear()}`;
  return weekday ? `${part(date, { weekday: "long" })}, ${text}` : text;
}

function dayNumber(date: Date): number {
  return Math.floor((date.getTime() - date.getTimezoneOffset() * 60_000) / 86_400_000);
}

/** "today", "yesterday", "tomorrow", or nothing for any other day. */
export function nearDay(date: Date, now: Date): string | undefined {
  const away = dayNumber(date) - dayNumber(now);
  return { [-1]: "yesterday", 0: "today", 1: "tomorrow" }[away];
}

export function ago(date: Date, now: Date): string {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1000);
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const size = Math.abs(seconds);
  if (size < 60) return relative.format(seconds, "second");
  if (size < 3600) return relative.format(Math.round(seconds / 60), "minute");
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), "hour");
  return relative.format(Math.round(seconds / 86_400), "day");
}

export function clock(date: Date, seconds = false): string {
  return part(date, { hour: "numeric", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}) });
}

/** Fills a format such as `{date_short_pretty} at {time}`; unknown tokens stay as they are. */
export function formatDate(unix: number, format: string, now = new Date()): string {
  const date = new Date(unix * 1000);
  const short = part(date, { month: "short", day: "numeric", year: "numeric" });
  const month = String(date.getMonth() + 1).padStart(2, "0");
  const values: Record<string, () => string> = {
    date_num: () => `${date.getFullYear()}-${month}-${String(date.getDate()).padStart(2, "0")}`,
    date_slash: () => `${month}/${String(date.getDate()).padStart(2, "0")}/${date.getFullYear()}`,
    date: () => long(date, false),
    date_short: () => short,
    date_long: () => long(date, true),
    date_pretty: () => nearDay(date, now) ?? long(date, false),
    date_short_pretty: () => nearDay(date, now) ?? short,
    date_long_pretty: () => nearDay(date, now) ?? long(date, true),
    time: () => clock(date),
    time_secs: () => clock(date, true),
    ago: () => ago(date, now),
  };
  return format.replace(/\{(\w+)\}/g, (whole, name: string) => values[name]?.() ?? whole);
}

/** The moment in a message's `ts` ("1700000000.000100"). */
export function tsDate(ts: string): Date {
  return new Date(Number.parseFloat(ts) * 1000);
}

/** The words on the line between two days of messages. */
export function dayLabel(date: Date, now = new Date()): string {
  const near = nearDay(date, now);
  if (near) return near.charAt(0).toUpperCase() + near.slice(1);
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return part(date, { weekday: "long", ...MONTH_DAY, ...year });
}

export function fullMoment(date: Date): string {
  return `${long(date, true)} at ${clock(date, true)}`;
}
