// Who one is in this workspace. There are no passwords here: one click makes you somebody else.
import { useDirectory } from "../state/directory";
import { Avatar } from "./Avatar";

export function PersonaSwitcher({ onPersona }: { onPersona: (id: string) => void }) {
  const { people, person, me } = useDirectory();
  const humans = people.filter((one) => !one.is_bot);
  return (
    <section className="personas" aria-label="Act as">
      <h2>You are {person(me)?.real_name ?? me}</h2>
      <div className="persona-row">
        {humans.map((one) => (
          <button
            key={one.id}
            type="button"
            aria-pressed={one.id === me}
            className={one.id === me ? "persona current" : "persona"}
            title={`${one.real_name}${one.is_restricted ? " (guest)" : one.is_stranger ? ` (of ${one.team_name ?? "another team"})` : ""}`}
            data-testid={`persona-${one.id}`}
            onClick={() => onPersona(one.id)}
          >
            <Avatar person={one} size={32} />
            <span className="persona-name">{one.real_name.split(" ")[0]}</span>
          </button>
        ))}
      </div>
    </section>
  );
}
