import type { ReactNode } from "react";
import styles from "./Stats.module.css";

export interface Stat {
  name: string;
  value: ReactNode;
  /** What stands below the value. */
  note?: ReactNode;
}

/** A few numbers side by side. */
export function Stats({ stats, label }: { stats: readonly Stat[]; label: string }) {
  return (
    <dl className={styles.stats} aria-label={label}>
      {stats.map(({ name, value, note }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className={styles.value}>{value}</dd>
          {note !== undefined && <dd className={styles.note}>{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
