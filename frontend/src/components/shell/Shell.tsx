import { Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { PAGE_PATH } from "@/place";
import { GatewayState } from "./GatewayState";
import { KeyDialog } from "./KeyDialog";
import { Navigation } from "./Navigation";
import { ShortcutSheet } from "./ShortcutSheet";
import { StatusStrip } from "./StatusStrip";
import { ThemeSwitch } from "./ThemeSwitch";
import styles from "./Shell.module.css";

const NAMES: Record<string, string> = {
  sandbox: "Sandbox",
  live: "Live",
  episodes: "Episodes",
  tasks: "Tasks",
  agents: "Agents",
};

/** The path without the prefix that the page is served below. */
function withinPage(path: string): string {
  return PAGE_PATH !== "/" && path.startsWith(PAGE_PATH) ? path.slice(PAGE_PATH.length) : path;
}

/** What the browser calls the page at a path: the last part first, as tabs are narrow. */
function titleOf(path: string): string {
  const [place = "", ...rest] = path.split("/").filter(part => part !== "");
  const id = rest.map(decodeURIComponent).join("/");
  return [id, NAMES[place] ?? "Play", "CodeArena"].filter(part => part !== "").join(" · ");
}

/** What surrounds every page. */
export function Shell() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: state => withinPage(state.location.pathname) });
  const shown = useRef(path);

  useEffect(() => {
    document.title = titleOf(path);
  }, [path]);

  // As after a loaded page, a reader of screens starts at the new page's beginning.
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);

  return (
    <div className={styles.shell}>
      <button type="button" className={styles.skip} onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Navigation />
      <div className={styles.content}>
        <header className={styles.phoneBar}>
          <strong>CodeArena</strong>
          <GatewayState />
          <ThemeSwitch />
        </header>
        <StatusStrip />
        <main ref={main} tabIndex={-1} className={styles.main}>
          <Outlet />
        </main>
      </div>
      <KeyDialog />
      <ShortcutSheet />
    </div>
  );
}
