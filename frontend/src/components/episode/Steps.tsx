import { useId } from "react";
import { reward } from "@/text/format";
import type { Attempt } from "@/api/types";
import { outcomeOf } from "@/components/ui/outcome";
import styles from "./Steps.module.css";

interface StepsProps {
  attempts: readonly Attempt[];
  /** Of steps that the episode may have; those left are shown as places. */
  left: number;
  /** Whose verdict is shown. */
  shown: number | null;
  onShow: (step: number) => void;
  /** What stands behind the last one. */
  note: string;
}

/** The steps of an episode: those taken, with their rewards, and those left. */
export function Steps({ attempts, left, shown, onShow, note }: StepsProps) {
  const group = useId();
  return (
    <div role="radiogroup" className={styles.steps} aria-label="Steps of this episode">
      {attempts.map(attempt => (
        <Step
          key={attempt.step}
          attempt={attempt}
          group={group}
          shown={attempt.step === shown}
          onShow={() => {
            onShow(attempt.step);
          }}
        />
      ))}
      {Array.from({ length: left }, (_, index) => (
        <span key={index} className={styles.stepLeft} aria-hidden="true">
          {attempts.length + index + 1}
        </span>
      ))}
      <span className={styles.stepsLeft}>{note}</span>
    </div>
  );
}

interface StepProps {
  attempt: Attempt;
  group: string;
  shown: boolean;
  onShow: () => void;
}

function Step({ attempt, group, shown, onShow }: StepProps) {
  const { verdict, step } = attempt;
  const outcome = outcomeOf(verdict);
  return (
    <label className={styles.step} data-outcome={outcome.tone}>
      <input
        type="radio"
        className="sr-only"
        name={group}
        checked={shown}
        onChange={onShow}
        aria-label={`Step ${step}: reward ${reward(verdict.reward)}, ${outcome.words}`}
      />
      <span aria-hidden="true">{step}</span>
      <strong aria-hidden="true">{reward(verdict.reward)}</strong>
      <span aria-hidden="true" className={styles.stepWords}>
        {outcome.words}
      </span>
    </label>
  );
}
