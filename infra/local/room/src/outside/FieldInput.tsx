import { useId } from "react";
import type { Field } from "../api/outside";

interface FieldInputProps {
  field: Field;
  value: string;
  onChange: (value: string) => void;
}

export function FieldInput({ field, value, onChange }: FieldInputProps) {
  const input = useId();
  const more = useId();
  const shared = {
    id: input,
    value,
    "data-testid": `field-${field.id}`,
    "aria-describedby": field.hint ? `${more}-hint` : undefined,
    required: field.required,
  };
  const empty = field.kind === "choice" && field.choices.length === 0;
  return (
    <div className="outside-field">
      <label htmlFor={input} className="field-label">
        {field.label}
        {!field.required && <span className="optional"> (optional)</span>}
      </label>
      {field.kind === "choice" && (
        <select className="text-input select-input" {...shared} disabled={empty} onChange={(event) => onChange(event.target.value)}>
          {empty && <option value="">none</option>}
          {field.choices.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
        </select>
      )}
      {field.kind === "lines" && (
        <textarea className="text-input text-area" rows={3} {...shared} onChange={(event) => onChange(event.target.value)} />
      )}
      {field.kind === "text" && (
        <>
          <input
            type="text"
            className="text-input"
            autoComplete="off"
            spellCheck={false}
            list={field.choices.length > 0 ? `${more}-choices` : undefined}
            {...shared}
            onChange={(event) => onChange(event.target.value)}
          />
          {field.choices.length > 0 && (
            <datalist id={`${more}-choices`}>
              {field.choices.map((one) => <option key={one.value} value={one.value} />)}
            </datalist>
          )}
        </>
      )}
      {field.hint && (empty || field.kind !== "choice") && <p id={`${more}-hint`} className="field-hint">{field.hint}</p>}
    </div>
  );
}
