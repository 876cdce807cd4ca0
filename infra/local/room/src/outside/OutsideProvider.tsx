// What the panel knows. It lives above the personas: what somebody typed here, and what came of it, is nobody's own.
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from "react";
import { act, listSenders, type Action, type Deed, type Sender } from "../api/outside";
import type { Failure } from "../api/types";
import { valuesOf, type Typed } from "./values";

/** What came of an action: what was sent, or why nothing was. */
export type Report = { busy: true } | { busy: false; count: number; deed: Deed } | { busy: false; count: number; failure: Failure };

interface Outside {
  open: boolean;
  setOpen: (open: boolean) => void;
  senders: Sender[] | undefined;
  failure: Failure | undefined;
  load: () => Promise<void>;
  /** The sender looked at, and which of its actions is unfolded. */
  sender: Sender | undefined;
  choose: (sender: string) => void;
  unfolded: string | undefined;
  unfold: (action: string | undefined) => void;
  typed: (action: string) => Typed;
  type: (action: string, field: string, value: string) => void;
  report: (action: string) => Report | undefined;
  run: (action: Action) => Promise<void>;
}

const OutsideContext = createContext<Outside | undefined>(undefined);

export function useOutside(): Outside {
  const outside = use(OutsideContext);
  if (!outside) throw new Error("useOutside is used outside of an OutsideProvider");
  return outside;
}

export function OutsideProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const [senders, setSenders] = useState<Sender[]>();
  const [failure, setFailure] = useState<Failure>();
  const [chosen, setChosen] = useState<string>();
  const [folds, setFolds] = useState<Record<string, string | undefined>>({});
  const [texts, setTexts] = useState<Record<string, Typed>>({});
  const [reports, setReports] = useState<Record<string, Report>>({});

  const load = useCallback(async () => {
    const answer = await listSenders();
    if (answer.ok) setSenders(answer.senders);
    setFailure(answer.ok ? undefined : answer);
  }, []);

  const sender = senders?.find((one) => one.id === chosen) ?? senders?.[0];
  const outside = useMemo<Outside>(() => {
    const key = (action: string) => `${sender?.id ?? ""}/${action}`;
    const first = sender?.actions[0]?.id;
    return {
      open,
      setOpen,
      senders,
      failure,
      load,
      sender,
      choose: setChosen,
      unfolded: sender && sender.id in folds ? folds[sender.id] : first,
      unfold: (action) => setFolds((before) => ({ ...before, [sender?.id ?? ""]: action })),
      typed: (action) => texts[key(action)] ?? {},
      type: (action, field, value) =>
        setTexts((before) => ({ ...before, [key(action)]: { ...before[key(action)], [field]: value } })),
      report: (action) => reports[key(action)],
      run: async (action) => {
        const place = key(action.id);
        const before = reports[place];
        const count = before && !before.busy ? before.count + 1 : 1;
        setReports((all) => ({ ...all, [place]: { busy: true } }));
        const answer = await act(sender?.id ?? "", action.id, valuesOf(action, texts[place] ?? {}));
        const report: Report = answer.ok ? { busy: false, count, deed: answer } : { busy: false, count, failure: answer };
        setReports((all) => ({ ...all, [place]: report }));
        // What can be chosen has changed with it: an opened pull request can be reviewed.
        await load();
      },
    };
  }, [open, senders, failure, load, sender, folds, texts, reports]);

  return <OutsideContext value={outside}>{children}</OutsideContext>;
}
