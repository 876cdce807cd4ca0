import { useEffect, useRef } from "react";
import { explain } from "../api/errors";
import { Icon } from "../components/Icon";
import { ActionItem } from "./ActionItem";
import { useOutside } from "./OutsideProvider";
import { grouped } from "./values";

/** Beside the room: makes things happen where the app can only hear of them. */
export function OutsidePanel() {
  const { senders, failure, load, sender, choose, setOpen } = useOutside();
  const panel = useRef<HTMLElement>(null);

  useEffect(() => void load(), [load]);

  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    const leave = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) setOpen(false);
    };
    window.addEventListener("keydown", leave);
    return () => {
      window.removeEventListener("keydown", leave);
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [setOpen]);

  return (
    <aside className="thread outside" aria-label="Outside world" data-testid="outside-panel" ref={panel} tabIndex={-1}>
      <header className="channel-header">
        <h1><Icon name="globe" size={18} />Outside world</h1>
        <span className="topic" />
        <button type="button" className="icon-button" aria-label="Close the outside world" data-testid="outside-close" onClick={() => setOpen(false)}>
          <Icon name="close" />
        </button>
      </header>
      <div className="outside-body">
        {!senders && !failure && <p className="outside-note" role="status">Looking outside…</p>}
        {failure && (
          <div className="outside-note" role="alert">
            <p>{explain(failure, "The outside world")}</p>
            <button type="button" className="button" onClick={() => void load()}>Try again</button>
          </div>
        )}
        {senders && sender && (
          <>
            <div className="sender-groups">
              {grouped(senders).map(([group, some]) => (
                <div key={group} className="sender-group" role="group" aria-label={group}>
                  <span aria-hidden="true">{group}</span>
                  <div>
                    {some.map((one) => (
                      <button
                        key={one.id}
                        type="button"
                        className="sender"
                        aria-pressed={one.id === sender.id}
                        data-testid={`sender-${one.id}`}
                        onClick={() => choose(one.id)}
                      >
                        {one.name}
                      </button>
                    ))}
                  </div>
                </div>
              ))}
            </div>
            <p className="outside-about">
              {sender.about}
              {sender.shown_after && <> Channels see it after <code>{sender.shown_after}</code>.</>}
            </p>
            <ul className="outside-actions" aria-label={`What ${sender.name} can do`}>
              {sender.actions.map((action) => <ActionItem key={`${sender.id}/${action.id}`} sender={sender} action={action} />)}
            </ul>
          </>
        )}
      </div>
    </aside>
  );
}
