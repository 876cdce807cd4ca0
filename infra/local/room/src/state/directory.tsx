// Names for ids: people, channels and who is looking.
import { createContext, use, useMemo, type ReactNode } from "react";
import type { Channel, Person } from "../api/types";
import { useRoom } from "./RoomProvider";

export interface Directory {
  me: string;
  people: Person[];
  channels: Channel[];
  person: (id: string | undefined) => Person | undefined;
  channel: (id: string | undefined) => Channel | undefined;
  openChannel: (id: string) => void;
}

export const EMPTY_DIRECTORY: Directory = {
  me: "",
  people: [],
  channels: [],
  person: () => undefined,
  channel: () => undefined,
  openChannel: () => undefined,
};

export const DirectoryContext = createContext<Directory>(EMPTY_DIRECTORY);

export function useDirectory(): Directory {
  return use(DirectoryContext);
}

export function DirectoryProvider({ children }: { children: ReactNode }) {
  const { as, state, actions } = useRoom();
  const { boot } = state;
  const directory = useMemo<Directory>(() => {
    const people = boot?.people ?? [];
    const channels = boot?.channels ?? [];
    return {
      me: as,
      people,
      channels,
      person: (id) => people.find((one) => one.id === id),
      channel: (id) => channels.find((one) => one.id === id),
      openChannel: (id) => actions.go({ kind: "channel", id }),
    };
  }, [as, boot, actions]);
  return <DirectoryContext value={directory}>{children}</DirectoryContext>;
}
