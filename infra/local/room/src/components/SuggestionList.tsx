import { Avatar } from "./Avatar";
import type { Completion, Suggestion } from "./completion";
import { Icon } from "./Icon";

interface SuggestionListProps {
  id: string;
  completion: Completion;
  active: number;
  onHover: (index: number) => void;
  onPick: (item: Suggestion) => void;
}

export function SuggestionList({ id, completion, active, onHover, onPick }: SuggestionListProps) {
  return (
    <div className="suggestions" data-testid="suggestions">
      <p className="suggestions-title">
        {completion.title}
        <span><kbd>↑</kbd><kbd>↓</kbd> choose <kbd>Tab</kbd> take</span>
      </p>
      <ul id={id} role="listbox" aria-label={completion.title} className="menu-list">
        {completion.items.map((item, index) => (
          <li
            key={item.insert}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            className={index === active ? "menu-item active" : "menu-item"}
            data-testid={`suggestion-${item.insert.trim()}`}
            ref={(node) => {
              if (index === active) node?.scrollIntoView({ block: "nearest" });
            }}
            onMouseMove={() => index !== active && onHover(index)}
            onMouseDown={(event) => {
              event.preventDefault();
              onPick(item);
            }}
          >
            {item.person && <Avatar person={item.person} size={22} />}
            {item.emoji && <span className="emoji">{item.emoji}</span>}
            {completion.kind === "command" && <Icon name="slash" size={16} />}
            <span className={completion.kind === "word" || completion.kind === "command" ? "suggestion-line code" : "suggestion-line"}>
              <strong>{item.label}</strong>
              {item.hint && <small>{item.hint}</small>}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
