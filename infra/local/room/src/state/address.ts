// The page's address says who looks (?as=U…) and at what (#C0OPS, #home), so that a reload or a
// shared link shows the same.
import type { Place } from "./state";

const PERSONA_KEY = "opsroom.as";

export function placeFromUrl(): Place {
  const id = decodeURIComponent(window.location.hash.slice(1));
  return id === "home" ? { kind: "home" } : { kind: "channel", id };
}

export function writePlace(place: Place): void {
  const hash = place.kind === "home" ? "#home" : `#${place.id}`;
  if (window.location.hash !== hash) window.history.pushState(null, "", hash);
}

/** The address of a place that one did not choose: it replaces what stood there. */
export function correctPlace(place: Place): void {
  window.history.replaceState(null, "", place.kind === "home" ? "#home" : `#${place.id}`);
}

export function personaFromUrl(): string | undefined {
  return new URLSearchParams(window.location.search).get("as") ?? remembered() ?? undefined;
}

export function writePersona(as: string): void {
  try {
    localStorage.setItem(PERSONA_KEY, as);
  } catch {
    // Without storage the address alone remembers.
  }
  const url = new URL(window.location.href);
  if (url.searchParams.get("as") === as) return;
  url.searchParams.set("as", as);
  window.history.replaceState(null, "", url);
}

function remembered(): string | null {
  try {
    return localStorage.getItem(PERSONA_KEY);
  } catch {
    return null;
  }
}
