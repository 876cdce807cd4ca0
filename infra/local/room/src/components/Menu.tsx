// A short list of things to do, opened from a button and driven by arrows or the mouse.
import type { Placement } from "@floating-ui/react-dom";
import { useEffect, useRef } from "react";
import { PlainText } from "../text/PlainText";
import { Icon, type IconName } from "./Icon";
import { Popover } from "./Popover";

export interface MenuItem {
  label: string;
  hint?: string;
  icon?: IconName;
  danger?: boolean;
}

interface MenuProps {
  anchor: HTMLElement | null;
  label: string;
  items: MenuItem[];
  placement?: Placement;
  onPick: (index: number) => void;
  onClose: () => void;
}

export function Menu({ anchor, label, items, placement = "bottom-end", onPick, onClose }: MenuProps) {
  const list = useRef<HTMLUListElement>(null);
  const focusItem = (index: number) => {
    const buttons = list.current?.querySelectorAll("button");
    buttons?.item((index + items.length) % items.length).focus();
  };
  useEffect(() => list.current?.querySelector("button")?.focus(), []);
  return (
    <Popover anchor={anchor} onClose={onClose} placement={placement}>
      <ul ref={list} role="menu" aria-label={label} className="menu-list">
        {items.map((item, index) => (
          <li key={index} role="none">
            <button
              type="button"
              role="menuitem"
              className={item.danger ? "menu-item menu-danger" : "menu-item"}
              onClick={() => onPick(index)}
              onMouseEnter={(event) => event.currentTarget.focus()}
              onKeyDown={(event) => {
                const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
                if (event.key === "Tab") onClose();
                if (step === 0) return;
                event.preventDefault();
                focusItem(index + step);
              }}
            >
              {item.icon && <Icon name={item.icon} size={16} />}
              <span className="menu-text">
                <PlainText text={item.label} />
                {item.hint && <small>{item.hint}</small>}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Popover>
  );
}
