import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useDirectory } from "../state/directory";
import { useRoom } from "../state/RoomProvider";
import { complete, usageOf, type Subject, type Suggestion } from "./completion";
import { draftKey, lastSent, noteSent, readDraft, writeDraft } from "./drafts";
import { Icon } from "./Icon";
import { SuggestionList } from "./SuggestionList";
import { withHandles } from "./wire";

interface ComposerProps {
  channel: string;
  threadTs?: string;
  placeholder: string;
}

const COMMAND = /^\/[a-z][\w-]*(\s|$)/i;

export function Composer({ channel, threadTs, placeholder }: ComposerProps) {
  const { as, state, actions } = useRoom();
  const directory = useDirectory();
  const key = draftKey(as, channel, threadTs);
  const [text, setText] = useState(() => readDraft(key));
  const [caret, setCaret] = useState(text.length);
  const [active, setActive] = useState(0);
  const [chosen, setChosen] = useState(false);
  const [dismissed, setDismissed] = useState<string>();
  const box = useRef<HTMLTextAreaElement>(null);
  const list = useId();

  const subject = useMemo<Subject>(
    () => ({ commands: state.boot?.commands ?? [], people: directory.people, channels: directory.channels.filter((one) => !one.is_im), inThread: threadTs !== undefined }),
    [state.boot, directory, threadTs],
  );
  const found = useMemo(() => complete(text, caret, subject), [text, caret, subject]);
  const completion = dismissed === text ? undefined : found;
  const usage = completion ? undefined : usageOf(text, subject);

  useEffect(() => writeDraft(key, text), [key, text]);
  useEffect(() => {
    // On a touch screen the focus would bring up the keyboard over half the page.
    if (window.matchMedia("(pointer: fine)").matches) box.current?.focus();
  }, []);
  useLayoutEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 220)}px`;
  }, [text]);

  const change = (next: string, at: number) => {
    setText(next);
    setCaret(at);
    setActive(0);
    setChosen(false);
  };

  const take = (item: Suggestion) => {
    if (!completion) return;
    const next = text.slice(0, completion.from) + item.insert + text.slice(completion.to).trimStart();
    const at = completion.from + item.insert.length;
    change(next, at);
    requestAnimationFrame(() => {
      box.current?.focus();
      box.current?.setSelectionRange(at, at);
    });
  };

  const send = () => {
    const line = text.trim();
    if (!line) return;
    noteSent(key, line);
    change("", 0);
    if (COMMAND.test(line)) actions.send("command", channel, withHandles(line, directory), threadTs);
    else actions.send("message", channel, line, threadTs);
  };

  const insert = (sign: string) => {
    const glue = text === "" || /\s$/.test(text) || sign === "/" ? "" : " ";
    const next = sign === "/" ? "/" : text + glue + sign;
    change(next, next.length);
    box.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const item = completion?.items[active];
    if (completion && step !== 0) {
      event.preventDefault();
      setActive((active + step + completion.items.length) % completion.items.length);
      setChosen(true);
    } else if (completion && item && event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      take(item);
    } else if (completion && event.key === "Escape") {
      event.preventDefault();
      setDismissed(text);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      // Enter takes a suggestion that was gone to, or that finishes a word begun; a word typed out is sent.
      const begun = completion && completion.to > completion.from && !completion.complete;
      if (item && (chosen || begun)) take(item);
      else send();
    } else if (event.key === "ArrowUp" && text === "") {
      const last = lastSent(key);
      if (!last) return;
      event.preventDefault();
      change(last, last.length);
    }
  };

  return (
    <div className="composer" data-testid={threadTs ? "thread-composer-box" : "composer-box"}>
      {completion && <SuggestionList id={list} completion={completion} active={active} onHover={setActive} onPick={take} />}
      {usage && <p className="usage" data-testid="usage"><span>Usage</span> <code>{usage}</code></p>}
      <div className="composer-frame">
        <textarea
          ref={box}
          rows={1}
          className={COMMAND.test(text) ? "composer-text command" : "composer-text"}
          aria-label={placeholder}
          aria-autocomplete="list"
          aria-controls={completion ? list : undefined}
          aria-activedescendant={completion ? `${list}-${active}` : undefined}
          placeholder={placeholder}
          data-testid={threadTs ? "thread-composer" : "composer"}
          value={text}
          onChange={(event) => change(event.target.value, event.target.selectionStart)}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
        />
        <div className="composer-bar">
          {!threadTs && (
            <button type="button" className="icon-button" aria-label="Commands" title="Commands" onClick={() => insert("/")}>
              <Icon name="slash" />
            </button>
          )}
          <button type="button" className="icon-button" aria-label="Mention somebody" title="Mention somebody" onClick={() => insert("@")}>
            <Icon name="at" />
          </button>
          <span className="composer-hint"><kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> makes a new line</span>
          <button type="button" className="send" aria-label="Send" disabled={text.trim() === ""} data-testid={threadTs ? "thread-send" : "send"} onClick={send}>
            <Icon name="send" />
          </button>
        </div>
      </div>
    </div>
  );
}
