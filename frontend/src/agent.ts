/** Under which agent the page plays: its memory and its curriculum. The browser remembers it. */

import { useSyncExternalStore } from "react";

const ITEM = "codearena.agent";
export const AGENT_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._:@+=-]{0,127}$/;
const DEFAULT = "web";

const listeners = new Set<() => void>();
let current = remembered();

function remembered(): string {
  const found = localStorage.getItem(ITEM) ?? "";
  return AGENT_PATTERN.test(found) ? found : DEFAULT;
}

/** What is no valid id is not taken. */
export function setAgent(agentId: string): void {
  if (!AGENT_PATTERN.test(agentId)) return;
  current = agentId;
  localStorage.setItem(ITEM, agentId);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useAgent(): string {
  return useSyncExternalStore(subscribe, () => current);
}
