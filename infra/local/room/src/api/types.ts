// What the room API sends and takes. Block Kit's own shapes come from @slack/types.
import type {
  KnownBlock,
  MessageAttachment,
  ModalView,
  HomeView,
  PlainTextOption,
} from "@slack/types";

export type Block = KnownBlock;
/** With what only Slack itself sets on those that it makes of links. */
export type Attachment = MessageAttachment & { from_url?: string; original_url?: string; service_name?: string; service_icon?: string };
export type Option = PlainTextOption;

export interface Person {
  id: string;
  name: string;
  real_name: string;
  is_bot: boolean;
  is_restricted: boolean;
  /** A member of another team, in a shared channel. */
  is_stranger?: boolean;
  team_name?: string;
  color?: string;
}

export interface Channel {
  id: string;
  name: string;
  topic?: string;
  unread?: number;
  /** A direct message, and with whom. */
  is_im?: boolean;
  user?: string | null;
}

export interface Command {
  command: string;
  description?: string;
  usage_hint?: string;
}

export interface Boot {
  ok: true;
  team: { id: string; name: string };
  me: string | Person;
  people: Person[];
  channels: Channel[];
  commands: Command[];
}

export interface Reaction {
  name: string;
  count: number;
  users: string[];
}

export interface SharedFile {
  id: string;
  name?: string;
  title?: string;
  filetype?: string;
  pretty_type?: string;
  mimetype?: string;
  size?: number;
  preview?: string;
  content?: string;
  url_private?: string;
  url_private_download?: string;
  permalink?: string;
}

export interface Message {
  type: "message";
  ts: string;
  user?: string;
  bot_id?: string;
  username?: string;
  text?: string;
  thread_ts?: string;
  reply_count?: number;
  reply_users?: string[];
  latest_reply?: string;
  blocks?: Block[];
  attachments?: Attachment[];
  files?: SharedFile[];
  reactions?: Reaction[];
  edited?: { user: string; ts: string };
  subtype?: string;
  ephemeral?: boolean;
  dismissable?: boolean;
}

export type View = (ModalView | HomeView) & {
  id: string;
  hash?: string;
  previous_view_id?: string | null;
  root_view_id?: string | null;
  state?: ViewState;
};

/** `values[block_id][action_id]`, as Slack's `view.state` and `payload.state`. */
export interface ViewState {
  values: Record<string, Record<string, ElementValue>>;
}

/** An interactive element's type with what was chosen in it. */
export interface ElementValue {
  type: string;
  [key: string]: unknown;
}

export type Container =
  | { type: "message"; channel: string; message_ts: string; ephemeral?: boolean }
  | { type: "view"; view_id: string };

export type RoomEvent =
  | {
      type: "message" | "message_changed" | "message_deleted" | "ephemeral" | "ephemeral_replaced" | "ephemeral_deleted" | "reaction";
      channel: string;
      ts?: string;
      deleted_ts?: string;
      message?: Message;
    }
  | { type: "view_opened" | "view_updated" | "view_closed"; view: View; view_id?: string }
  | { type: "home"; view?: View };

export interface Failure {
  ok: false;
  error: string;
  detail?: string;
  response_action?: "errors";
  errors?: Record<string, string>;
}

export type Answer<T> = ({ ok: true } & T) | Failure;
