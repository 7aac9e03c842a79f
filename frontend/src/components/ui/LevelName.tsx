import type { CSSProperties } from "react";
import styles from "./LevelName.module.css";

const BARS: Record<string, number> = { easy: 1, medium: 2, hard: 3 };

/** A level: its name, and as many bars as it is hard, so that colour is not all that tells it. */
export function LevelName({ level }: { level: string }) {
  const filled = BARS[level] ?? 0;
  return (
    <span
      className={styles.level}
      style={{ "--colour": `var(--level-${level}, var(--ink-3))` } as CSSProperties}
    >
      <span className={styles.bars} aria-hidden="true">
        {[1, 2, 3].map(bar => (
          <span key={bar} data-filled={bar <= filled || undefined} />
        ))}
      </span>
      {level}
    </span>
  );
}
