/** Keyboard shortcuts: bound while a component that has them is shown, and listed in the sheet that `?` opens. */

import { useEffect, useSyncExternalStore } from "react";
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

/** Binds the shortcuts, which should be memoised. */
export function useShortcuts(name: string, shortcuts: readonly Shortcut[]): void {
  useEffect(() => {
    const group = { name, shortcuts };
    set([...groups, group]);
    const unbind = tinykeys(
      window,
      Object.fromEntries(
        shortcuts.map(({ keys, run }) => [
          keys,
          (event: KeyboardEvent) => {
            if (!meant(keys)) return;
            event.preventDefault();
            run();
          },
        ]),
      ),
    );
    return () => {
      unbind();
      set(groups.filter(each => each !== group));
    };
  }, [name, shortcuts]);
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
  return keys.split(" ").flatMap(press => press.split("+").map(each => NAMES[each] ?? each));
}
