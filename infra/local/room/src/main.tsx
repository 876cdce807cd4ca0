import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./styles/tokens.css";
import "./styles/sidebar.css";
import "./styles/layout.css";
import "./styles/message.css";
import "./styles/reactions.css";
import "./styles/text.css";
import "./styles/signs.css";
import "./styles/blocks.css";
import "./styles/controls.css";
import "./styles/dialog.css";
import "./styles/composer.css";
import "./styles/outside.css";
import { createRoot } from "react-dom/client";
import { App } from "./App";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
