// An element's value on its surface, and the way to change it.
import { chosen, makeValue } from "./values";
import { useSurface } from "./surface";

export function useElement<T>(element: { type: string; action_id?: string }, blockId: string, quiet: boolean) {
  const surface = useSurface();
  const actionId = element.action_id ?? "";
  return {
    value: chosen<T>(surface.values[blockId]?.[actionId], element.type),
    busy: surface.busy === `${blockId}/${actionId}`,
    change(what: T | null) {
      const value = makeValue(element.type, what);
      if (quiet) surface.set(blockId, actionId, value);
      else surface.act(blockId, actionId, value, true);
    },
    /** Keeps the value without telling the app. */
    hold(what: T | null) {
      surface.set(blockId, actionId, makeValue(element.type, what));
    },
  };
}
