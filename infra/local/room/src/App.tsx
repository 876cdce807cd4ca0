import { useState } from "react";
import { personaFromUrl, writePersona } from "./state/address";
import { OutsideProvider } from "./outside/OutsideProvider";
import { DirectoryProvider } from "./state/directory";
import { RoomProvider } from "./state/RoomProvider";
import { Workspace } from "./components/Workspace";

/** Who looks when nobody was chosen yet: the one who may deploy. */
const FIRST_PERSONA = "U0DEPLOYER";

export function App() {
  const [as, setAs] = useState(() => {
    const chosen = personaFromUrl() ?? FIRST_PERSONA;
    writePersona(chosen);
    return chosen;
  });
  const become = (id: string) => {
    writePersona(id);
    setAs(id);
  };
  return (
    <OutsideProvider>
      <RoomProvider key={as} as={as}>
        <DirectoryProvider>
          <Workspace onPersona={become} />
        </DirectoryProvider>
      </RoomProvider>
    </OutsideProvider>
  );
}
