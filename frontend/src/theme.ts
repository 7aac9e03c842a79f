/** The colour scheme: the system's unless one was chosen, which the browser remembers. */

import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];

const ITEM = "codearena.theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function remembered(): Theme {
  const found = localStorage.getItem(ITEM);
  return found === "light" || found === "dark" ? found : "system";
}

let current: Theme = remembered();

function apply(): void {
  if (current === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = current;
  for (const listener of listeners) listener();
}

export function setTheme(theme: Theme): void {
  current = theme;
  if (theme === "system") localStorage.removeItem(ITEM);
  else localStorage.setItem(ITEM, theme);
  apply();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => current);
}

/** Whether the page is dark at present, whoever decided it. */
export function useDark(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => current === "dark" || (current === "system" && system.matches),
  );
}

system.addEventListener("change", apply);
apply();
