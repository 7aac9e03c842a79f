/** Keyboard shortcuts: bound while a component that has them is shown, and listed in the sheet that `?` opens. */

import { useEffect, useRef, useSyncExternalStore } from "react";
import { tinykeys } from "tinykeys";

export interface Shortcut {
  /** As tinykeys has it: "g p", "$mod+Enter". */
  keys: string;
  meaning: string;
  run: () => void;
}

interface Group {
  name: string;
  shortcuts: readonly Shortcut[];
}

let groups: readonly Group[] = [];
const listeners = new Set<() => void>();

function set(next: readonly Group[]): void {
  groups = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The innermost element that has the focus, within shadow roots too. */
function focused(): Element | null {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found;
}

function writes(element: Element | null): boolean {
  if (!(element instanceof HTMLElement)) return false;
  if (element.isContentEditable || element.tagName === "TEXTAREA" || element.tagName === "SELECT")
    return true;
  return element instanceof HTMLInputElement && !["radio", "checkbox", "button"].includes(element.type);
}

/** Whether a key is meant for the page: a bare letter is not, where somebody writes, and nothing is, below a dialog. */
function meant(keys: string): boolean {
  if (document.querySelector("[role=dialog]:not([hidden])") !== null) return false;
  return keys.includes("$mod") || !writes(focused());
}

/** Binds the shortcuts while the component is shown. What they run may change with every render. */
export function useShortcuts(name: string, shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  const told = shortcuts.map(({ keys, meaning }) => `${keys}\t${meaning}`).join("\n");
  useEffect(() => {
    const group = { name, shortcuts: latest.current };
    set([...groups, group]);
    const bound = latest.current.map(({ keys }, index) => [
      keys,
      (event: KeyboardEvent) => {
        if (!meant(keys)) return;
        event.preventDefault();
        latest.current[index]?.run();
      },
    ]);
    const unbind = tinykeys(
      window,
      Object.fromEntries(bound) as Record<string, (event: KeyboardEvent) => void>,
    );
    return () => {
      unbind();
      set(groups.filter(each => each !== group));
    };
  }, [name, told]);
}

export function useShortcutGroups(): readonly Group[] {
  return useSyncExternalStore(subscribe, () => groups);
}

const MAC = navigator.userAgent.includes("Mac");
const NAMES: Record<string, string> = {
  $mod: MAC ? "⌘" : "Ctrl",
  Shift: "Shift",
  Enter: "Enter",
  Escape: "Esc",
};

/** The keys as they are printed on a keyboard, in the order in which they are pressed. */
export function printed(keys: string): string[] {
  return keys
    .replace("Shift+?", "?")
    .split(" ")
    .flatMap(press => press.split("+").map(each => NAMES[each] ?? each));
}
