import { useState } from "react";
import { Icon } from "./Icon";

export function ThemeToggle() {
  const [theme, setTheme] = useState(document.documentElement.dataset["theme"] ?? "light");
  const other = theme === "dark" ? "light" : "dark";
  const flip = () => {
    document.documentElement.dataset["theme"] = other;
    setTheme(other);
    try {
      localStorage.setItem("opsroom.theme", other);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  };
  return (
    <button type="button" className="icon-button" aria-label={`Use the ${other} theme`} title={`Use the ${other} theme`} data-testid="theme" onClick={flip}>
      <Icon name={theme === "dark" ? "sun" : "moon"} />
    </button>
  );
}
