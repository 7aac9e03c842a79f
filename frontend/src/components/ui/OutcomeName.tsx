import { words } from "@/text/format";
import { toneOf } from "./outcome";
import styles from "./OutcomeName.module.css";

const SAID: Record<string, string> = { passed: "passes, too slow", failed: "fails tests" };

/** The kind of a verdict, as lists and events name it; empty: no step was taken. */
export function OutcomeName({ outcome }: { outcome: string }) {
  if (outcome === "") return <span className="faint">begun</span>;
  return (
    <span className={styles.outcome} data-tone={toneOf(outcome)}>
      {SAID[outcome] ?? words(outcome)}
    </span>
  );
}
