import styles from "./Charts.module.css";

/** The shape of a few values in [0, 1], oldest first; their numbers stand elsewhere. */
export function Spark({ values, label }: { values: readonly number[]; label: string }) {
  const last = Math.max(1, values.length - 1);
  const line = values.map((value, index) => `${(index / last) * 96},${22 - value * 20}`).join(" ");
  return (
    <svg
      viewBox="0 0 96 24"
      preserveAspectRatio="none"
      className={styles.spark}
      role="img"
      aria-label={label}
    >
      <polyline points={line} />
    </svg>
  );
}
