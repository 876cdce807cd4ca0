import { describe, expect, it } from "vitest";
import { ago, dayLabel, formatDate } from "./dates";

const at = (...parts: [number, number, number, number?, number?, number?]) => new Date(...parts);
const unix = (date: Date) => date.getTime() / 1000;

describe("date tokens", () => {
  const date = at(2014, 1, 18, 6, 39, 42);
  const now = at(2020, 0, 1);
  it.each([
    ["{date_num}", "2014-02-18"],
    ["{date_slash}", "02/18/2014"],
    ["{date}", "February 18th, 2014"],
    ["{date_short}", "Feb 18, 2014"],
    ["{date_long}", "Tuesday, February 18th, 2014"],
    ["{time_secs}", "6:39:42 AM"],
    ["on {date_num} at {time}", "on 2014-02-18 at 6:39 AM"],
    ["{unknown}", "{unknown}"],
  ])("%s", (format, shown) => {
    expect(formatDate(unix(date), format, now).replaceAll("\u202f", " ")).toBe(shown);
  });

  it("says yesterday, today and tomorrow where the token is pretty", () => {
    const noon = at(2026, 10, 22, 12);
    expect(formatDate(unix(at(2026, 10, 21, 23, 59)), "{date_pretty}", noon)).toBe("yesterday");
    expect(formatDate(unix(at(2026, 10, 22, 0, 1)), "{date_short_pretty}", noon)).toBe("today");
    expect(formatDate(unix(at(2026, 10, 23)), "{date_long_pretty}", noon)).toBe("tomorrow");
    expect(formatDate(unix(at(2026, 10, 20)), "{date_short_pretty}", noon)).toBe("Nov 20, 2026");
  });
});

it("counts time in the largest unit that fits", () => {
  const now = at(2026, 10, 22, 12);
  expect(ago(at(2026, 10, 22, 11, 59, 50), now)).toBe("10 seconds ago");
  expect(ago(at(2026, 10, 22, 11, 30), now)).toBe("30 minutes ago");
  expect(ago(at(2026, 10, 20, 12), now)).toBe("2 days ago");
});

it("names the day above messages", () => {
  const now = at(2026, 10, 22, 12);
  expect(dayLabel(at(2026, 10, 22), now)).toBe("Today");
  expect(dayLabel(at(2026, 10, 2), now)).toBe("Monday, November 2");
  expect(dayLabel(at(2025, 11, 31), now)).toBe("Wednesday, December 31, 2025");
});
