import type { TableBlock } from "@slack/types";
import { RichTextView } from "./RichTextView";

type Cell = TableBlock["rows"][number][number];

export function TableView({ block }: { block: TableBlock }) {
  const [head, ...body] = block.rows;
  const align = (column: number) => ({ textAlign: block.column_settings?.[column]?.align ?? ("left" as const) });
  return (
    <div className="block-table" role="region" aria-label="Table" tabIndex={0}>
      <table>
        <thead>
          <tr>{head?.map((cell, index) => <th key={index} style={align(index)}><CellView cell={cell} /></th>)}</tr>
        </thead>
        <tbody>
          {body.map((row, number) => (
            <tr key={number}>{row.map((cell, index) => <td key={index} style={align(index)}><CellView cell={cell} /></td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CellView({ cell }: { cell: Cell }) {
  if (cell.type === "rich_text") return <RichTextView block={cell} />;
  return <>{"text" in cell ? cell.text : String((cell as { value?: unknown }).value ?? "")}</>;
}
