import type { CSSProperties } from "react";
import { Words } from "../terminal/TerminalText";
import styles from "./Charts.module.css";

export interface Bar {
  name: string;
  /** In [0, 1] of the track. */
  share: number;
  /** What stands beside the bar. */
  value: string;
  colour?: string;
}

/** Named amounts, as bars with their numbers. */
export function BarList({ bars, label }: { bars: readonly Bar[]; label: string }) {
  return (
    <dl className={styles.bars} aria-label={label}>
      {bars.map(({ name, share, value, colour }) => (
        <div key={name}>
          <dt title={name}>
            <Words text={name} limit={60} />
          </dt>
          <dd className={styles.track} aria-hidden="true">
            <span style={{ width: `${share * 100}%`, "--colour": colour } as CSSProperties} />
          </dd>
          <dd className={styles.value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
