import type { ReactNode } from "react";
import styles from "./Terminal.module.css";

/** A log that scrolls, by the keyboard too. */
export function Terminal({ label, children }: { label: string; children: ReactNode }) {
  return (
    // What scrolls has to be reached without a mouse.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.terminal} role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
