// One searchable list for every kind of select, single and multiple.
import { useEffect, useId, useRef, useState } from "react";
import { Icon } from "../components/Icon";
import { Popover } from "../components/Popover";
import { PickerList, type Choice } from "./PickerList";

export type { Choice } from "./PickerList";

interface PickerProps {
  label: string;
  placeholder: string;
  selected: Choice[];
  multiple?: boolean;
  max?: number;
  disabled?: boolean;
  testId?: string;
  autoFocus?: boolean;
  /** What can be chosen for what was typed; asked again at each key. */
  find: (query: string) => Choice[] | Promise<Choice[]>;
  minQuery?: number;
  onPick: (selected: Choice[]) => void;
}

export function Picker(props: PickerProps) {
  const { label, placeholder, selected, multiple = false, max, find, minQuery = 0, onPick } = props;
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const [choices, setChoices] = useState<Choice[]>([]);
  const [active, setActive] = useState(0);
  const [loading, setLoading] = useState(false);
  const [anchor, setAnchor] = useState<HTMLButtonElement | null>(null);
  const lookup = useRef(find);
  lookup.current = find;
  const list = useId();
  const short = query.length < minQuery;

  useEffect(() => {
    if (!open) return undefined;
    let current = true;
    const answer = short ? [] : lookup.current(query);
    setLoading(answer instanceof Promise);
    void Promise.resolve(answer).then((found) => {
      if (!current) return;
      setChoices(found);
      setActive(0);
      setLoading(false);
    });
    return () => {
      current = false;
    };
  }, [open, query, short]);

  const close = () => {
    setOpen(false);
    setQuery("");
  };
  const pick = (choice: Choice) => {
    if (!multiple) {
      onPick([choice]);
      close();
      anchor?.focus();
      return;
    }
    const has = selected.some((one) => one.value === choice.value);
    if (!has && max !== undefined && selected.length >= max) return;
    onPick(has ? selected.filter((one) => one.value !== choice.value) : [...selected, choice]);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const choice = choices[active];
    if (step !== 0) {
      event.preventDefault();
      setActive((before) => (choices.length === 0 ? 0 : (before + step + choices.length) % choices.length));
    } else if (event.key === "Enter" && choice) {
      event.preventDefault();
      pick(choice);
    } else if (event.key === "Tab") close();
  };

  return (
    <div className="picker">
      <button
        type="button"
        ref={setAnchor}
        className="picker-button"
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-label={`${label}: ${selected.map((one) => one.label).join(", ") || placeholder}`}
        disabled={props.disabled}
        autoFocus={props.autoFocus}
        data-testid={props.testId}
        onClick={() => (open ? close() : setOpen(true))}
      >
        {selected.length === 0 && <span className="placeholder">{placeholder}</span>}
        {!multiple && selected[0] && <span className="picker-value">{selected[0].label}</span>}
        {multiple && selected.map((one) => <span key={one.value} className="chip">{one.label}</span>)}
        <Icon name="down" size={16} />
      </button>
      {open && (
        <Popover anchor={anchor} onClose={close} matchWidth className="picker-popover">
          <div className="picker-search">
            <Icon name="search" size={16} />
            <input
              role="combobox"
              aria-expanded
              aria-controls={list}
              aria-activedescendant={choices[active] ? `${list}-${active}` : undefined}
              aria-label={`Search ${label}`}
              placeholder={minQuery > 0 ? "Type to search…" : "Search…"}
              value={query}
              autoFocus
              onChange={(event) => setQuery(event.target.value)}
              onKeyDown={onKeyDown}
            />
          </div>
          <PickerList
            id={list}
            choices={choices}
            selected={selected}
            active={active}
            multiple={multiple}
            empty={loading ? "Searching…" : short ? "Keep typing…" : "Nothing found"}
            onHover={setActive}
            onPick={pick}
          />
        </Popover>
      )}
    </div>
  );
}
