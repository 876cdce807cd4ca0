import { useDirectory } from "../state/directory";
import { useOutside } from "../outside/OutsideProvider";
import { useRoom } from "../state/RoomProvider";
import type { Place } from "../state/state";
import { Avatar } from "./Avatar";
import { Icon } from "./Icon";
import { Mark } from "./Mark";
import { PersonaSwitcher } from "./PersonaSwitcher";
import { PlaceButton } from "./PlaceButton";
import { ThemeToggle } from "./ThemeToggle";

interface SidebarProps {
  open: boolean;
  onClose: () => void;
  onPersona: (id: string) => void;
}

export function Sidebar({ open, onClose, onPersona }: SidebarProps) {
  const { state, actions } = useRoom();
  const { channels, people, me } = useDirectory();
  const outside = useOutside();
  const outsideShown = outside.open && !state.openThread;
  const app = people.find((one) => one.is_bot);
  const go = (place: Place) => {
    actions.go(place);
    onClose();
  };
  const is = (id: string | undefined) => state.place.kind === "channel" && state.place.id === id;
  const unread = (id: string | undefined) => state.unread[id ?? ""] ?? 0;
  return (
    <aside className={open ? "sidebar open" : "sidebar"}>
      <header className="brand">
        <Mark />
        <span className="brand-name">
          Opsroom
          <small>local workspace</small>
        </span>
        <ThemeToggle />
        <button type="button" className="icon-button sidebar-close" aria-label="Close the side bar" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <nav className="places" aria-label="Channels">
        <PlaceButton
          current={state.place.kind === "home"}
          icon={<Icon name="home" size={16} />}
          label="Home"
          hint={app ? `of @${app.name}` : undefined}
          testId="home"
          onClick={() => go({ kind: "home" })}
        />
        <PlaceButton
          expanded={outsideShown}
          icon={<Icon name="globe" size={16} />}
          label="Outside world"
          testId="outside"
          onClick={() => {
            outside.setOpen(!outsideShown);
            actions.closeThread();
            onClose();
          }}
        />
        <h2>Channels</h2>
        {channels.filter((one) => !one.is_im).map((channel) => (
          <PlaceButton
            key={channel.id}
            current={is(channel.id)}
            icon={<Icon name="hash" size={16} />}
            label={channel.name}
            unread={unread(channel.id)}
            mentions={state.mentions[channel.id] ?? 0}
            testId={`channel-${channel.id}`}
            onClick={() => go({ kind: "channel", id: channel.id })}
          />
        ))}
        <h2>Direct messages</h2>
        {people.filter((one) => one.id !== me && !one.is_stranger).sort((a, b) => Number(b.is_bot) - Number(a.is_bot)).map((person) => {
          const direct = channels.find((one) => one.is_im && one.user === person.id);
          return (
            <PlaceButton
              key={person.id}
              current={is(direct?.id)}
              icon={<Avatar person={person} size={20} />}
              label={person.is_bot ? person.name : person.real_name}
              unread={unread(direct?.id)}
              mentions={unread(direct?.id)}
              testId={`direct-${person.id}`}
              onClick={() => {
                onClose();
                if (direct) actions.go({ kind: "channel", id: direct.id });
                else void actions.openDirect(person.id);
              }}
            />
          );
        })}
      </nav>
      <PersonaSwitcher onPersona={onPersona} />
    </aside>
  );
}
