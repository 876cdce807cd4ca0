// Emoji by their short names. node-emoji carries the data; Slack's few own names are added.
import { get, search } from "node-emoji";

const SLACK_NAMES: Record<string, string> = {
  black_square_for_stop: "⏹️",
  double_vertical_bar: "⏸️",
  large_brown_circle: "🟤",
  large_brown_square: "🟫",
  large_green_circle: "🟢",
  large_green_square: "🟩",
  large_orange_circle: "🟠",
  large_orange_square: "🟧",
  large_purple_circle: "🟣",
  large_red_square: "🟥",
  large_yellow_circle: "🟡",
  large_yellow_square: "🟨",
  octagonal_sign: "🛑",
  robot_face: "🤖",
  thumbsup: "👍",
  thumbsdown: "👎",
  thinking_face: "🤔",
  face_with_rolling_eyes: "🙄",
  hugging_face: "🤗",
  technologist: "🧑‍💻",
  knife_fork_plate: "🍽️",
  white_check_mark: "✅",
};

export function emojiByName(name: string): string | undefined {
  const plain = name.split("::")[0] ?? name;
  return SLACK_NAMES[plain] ?? get(plain) ?? undefined;
}

export interface FoundEmoji {
  name: string;
  emoji: string;
}

/** At most `limit` emoji whose name holds `query`; those that start with it come first. */
export function findEmoji(query: string, limit: number): FoundEmoji[] {
  const wanted = query.toLowerCase();
  const own = Object.entries(SLACK_NAMES)
    .filter(([name]) => name.includes(wanted))
    .map(([name, emoji]) => ({ name, emoji }));
  const found = new Map([...own, ...search(wanted)].map((one) => [one.name, one]));
  return [...found.values()]
    .sort((a, b) => Number(b.name.startsWith(wanted)) - Number(a.name.startsWith(wanted)) || a.name.length - b.name.length)
    .slice(0, limit);
}

/** Those that stand ready beside a message. */
export const QUICK = ["+1", "eyes", "tada"];

export const OFTEN_USED = [
  "+1", "white_check_mark", "eyes", "raised_hands", "tada", "rocket", "heart", "joy", "pray", "fire", "thinking_face",
  "x", "rotating_light", "wave", "100", "clap", "coffee", "bug", "wrench", "hourglass_flowing_sand", "lock", "warning",
  "point_up", "muscle", "partying_face", "slightly_smiling_face", "sob", "see_no_evil", "musical_note", "-1",
];
