/** The API key: kept for this tab only, and sent to this origin only. */

const ITEM = "codearena.key";

type Listener = () => void;
const listeners = new Set<Listener>();
let current = sessionStorage.getItem(ITEM);
let refused: string | null = null;

function changed(): void {
  for (const listener of listeners) listener();
}

export const key = {
  get: (): string | null => current,

  /** What the gateway said about the key, or its absence, when it last refused; null: it has not. */
  refusal: (): string | null => refused,

  use: (value: string): void => {
    current = value.trim() || null;
    refused = null;
    if (current === null) sessionStorage.removeItem(ITEM);
    else sessionStorage.setItem(ITEM, current);
    changed();
  },

  /** Notes a 401. One about a key that is no longer in use says nothing of the present one. */
  refuse: (detail: string, used: string | null): void => {
    if (used !== current || refused === detail) return;
    refused = detail;
    changed();
  },

  subscribe: (listener: Listener): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
