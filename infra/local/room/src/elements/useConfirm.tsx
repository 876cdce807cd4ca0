// Asks before an element acts, when its `confirm` says so.
import type { ConfirmationDialog } from "@slack/types";
import { useState, type ReactNode } from "react";
import { ConfirmDialog } from "../components/ConfirmDialog";

/** Answers with a function that asks and then runs, and the dialog to render. */
export function useConfirm(confirm: ConfirmationDialog | undefined): [ask: (run: () => void) => void, dialog: ReactNode] {
  const [pending, setPending] = useState<{ run: () => void }>();
  const ask = (run: () => void) => (confirm ? setPending({ run }) : run());
  const dialog =
    confirm && pending ? (
      <ConfirmDialog
        confirm={confirm}
        onAnswer={(yes) => {
          setPending(undefined);
          if (yes) pending.run();
        }}
      />
    ) : null;
  return [ask, dialog];
}
