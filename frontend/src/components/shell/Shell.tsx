import { Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { GatewayState } from "./GatewayState";
import { KeyDialog } from "./KeyDialog";
import { Navigation } from "./Navigation";
import { ShortcutSheet } from "./ShortcutSheet";
import { StatusStrip } from "./StatusStrip";
import { ThemeSwitch } from "./ThemeSwitch";
import styles from "./Shell.module.css";

/** What surrounds every page. */
export function Shell() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: state => state.location.pathname });
  const shown = useRef(path);

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
