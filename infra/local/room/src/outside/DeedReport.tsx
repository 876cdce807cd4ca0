import type { Deed, Sent } from "../api/outside";
import { CodeBlock } from "../components/CodeBlock";
import { readable, words } from "./values";

/** What was sent because of an action, and what the door said to each. */
export function DeedReport({ deed }: { deed: Deed }) {
  return (
    <section className="deed" aria-label="What came of it" data-testid="deed">
      <h3>{deed.summary}</h3>
      <ol>
        {deed.sent.map((sent, index) => <SentItem key={index} sent={sent} />)}
      </ol>
    </section>
  );
}

function SentItem({ sent }: { sent: Sent }) {
  return (
    <li>
      <details className="sent" data-testid="sent">
        <summary>
          <span className={sent.taken ? "sign sign-good" : "sign sign-bad"}>{sent.taken ? "✓" : "✕"}</span>
          <span className="sent-words">
            <code>{sent.event}</code> {[sent.status ?? "no answer", words(sent.answer)].filter((one) => one !== "").join(" · ")}
          </span>
          <small>{sent.ms} ms</small>
        </summary>
        <h4>Sent</h4>
        <CodeBlock text={[`POST ${sent.url}`, ...sent.headers.map(([name, value]) => `${name}: ${value}`)].join("\n")} />
        <CodeBlock text={readable(sent.body)} />
        <h4>Answered</h4>
        <CodeBlock text={readable(sent.answer) || "(nothing)"} />
      </details>
    </li>
  );
}
