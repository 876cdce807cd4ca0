import { Fragment } from "react";
import { Icon } from "../components/Icon";
import { PlainText } from "../text/PlainText";

export interface Choice {
  value: string;
  label: string;
  hint?: string;
  group?: string;
}

interface PickerListProps {
  id: string;
  choices: Choice[];
  selected: Choice[];
  active: number;
  multiple: boolean;
  empty: string;
  onHover: (index: number) => void;
  onPick: (choice: Choice) => void;
}

export function PickerList({ id, choices, selected, active, multiple, empty, onHover, onPick }: PickerListProps) {
  if (choices.length === 0) return <p className="picker-empty">{empty}</p>;
  return (
    <ul id={id} role="listbox" aria-multiselectable={multiple} className="menu-list">
      {choices.map((choice, index) => {
        const on = selected.some((one) => one.value === choice.value);
        const newGroup = choice.group !== undefined && choice.group !== choices[index - 1]?.group;
        return (
          <Fragment key={`${choice.group ?? ""}/${choice.value}`}>
            {newGroup && <li className="menu-group" role="presentation">{choice.group}</li>}
            <li
              id={`${id}-${index}`}
              role="option"
              aria-selected={on}
              className={index === active ? "menu-item active" : "menu-item"}
              ref={(node) => {
                if (index === active) node?.scrollIntoView({ block: "nearest" });
              }}
              onMouseMove={() => index !== active && onHover(index)}
              onMouseDown={(event) => {
                event.preventDefault();
                onPick(choice);
              }}
            >
              <span className="menu-text">
                <PlainText text={choice.label} />
                {choice.hint && <small>{choice.hint}</small>}
              </span>
              {on && <Icon name="check" size={16} />}
            </li>
          </Fragment>
        );
      })}
    </ul>
  );
}
