import type { Verdict } from "@/api/types";
import { reward } from "@/text/format";
import { outcomeOf } from "../ui/outcome";
import styles from "./AttemptOutcome.module.css";

/** How far an attempt got, and what it is worth. */
export function AttemptOutcome({ verdict }: { verdict: Verdict }) {
  const outcome = outcomeOf(verdict);
  return (
    <p>
      <span className={styles.outcome} data-outcome={outcome.tone}>
        {outcome.words}
      </span>
      <strong className={styles.reward}>{reward(verdict.reward)}</strong>
    </p>
  );
}
