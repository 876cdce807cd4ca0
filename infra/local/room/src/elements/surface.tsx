// A surface is what holds blocks: a message, a modal or the Home tab. It keeps what people chose
// in its elements and sends their actions.
import { createContext, use, useCallback, useEffect, useMemo, useState } from "react";
import type { Block, Container, ElementValue, Option, ViewState } from "../api/types";
import { useRoom } from "../state/RoomProvider";
import { initialValues, mergeValues } from "./values";

export interface Surface {
  values: ViewState["values"];
  /** Which element waits for its answer, as `block_id/action_id`. */
  busy?: string;
  /** What went wrong, by block id. */
  errors: Record<string, string>;
  set: (block: string, action: string, value: ElementValue) => void;
  /** Sends an action to the app; with `keep` its value also becomes part of the state. */
  act: (block: string, action: string, value: ElementValue, keep?: boolean) => void;
  options: (block: string, action: string, query: string) => Promise<Option[]>;
}

const STILL: Surface = {
  values: {},
  errors: {},
  set: () => undefined,
  act: () => undefined,
  options: () => Promise.resolve([]),
};

export const SurfaceContext = createContext<Surface>(STILL);

export function useSurface(): Surface {
  return use(SurfaceContext);
}

/** The surface of `container`; `errors` come from a refused submission. */
export function useNewSurface(
  container: Container,
  blocks: Block[],
  options: { errors?: Record<string, string>; failed: (text: string) => void },
): Surface {
  const { actions } = useRoom();
  const [values, setValues] = useState<ViewState["values"]>(() => initialValues(blocks));
  const [busy, setBusy] = useState<string>();
  const { errors, failed } = options;
  const key = JSON.stringify(container);

  // Blocks that come with an update bring their initial values; what was typed before stays.
  useEffect(() => setValues((before) => mergeValues(before, blocks)), [blocks]);

  const set = useCallback((block: string, action: string, value: ElementValue) => {
    setValues((before) => ({ ...before, [block]: { ...before[block], [action]: value } }));
  }, []);

  return useMemo(() => {
    const where = JSON.parse(key) as Container;
    return {
      values,
      busy,
      errors: errors ?? {},
      set,
      act: (block, action, value, keep = false) => {
        const next = keep ? { ...values, [block]: { ...values[block], [action]: value } } : values;
        if (keep) setValues(next);
        setBusy(`${block}/${action}`);
        void actions.act(where, block, action, value, { values: next }).then((problem) => {
          setBusy(undefined);
          if (problem) failed(problem);
        });
      },
      options: (block, action, query) => actions.options(where, block, action, query),
    };
  }, [actions, busy, errors, failed, key, set, values]);
}
