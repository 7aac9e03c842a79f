import { useId } from "react";
import { reward } from "@/text/format";
import type { Attempt } from "@/api/types";
import { outcomeOf } from "@/components/ui/outcome";
import styles from "./Play.module.css";
import { MOST_STEPS, type Session } from "./session";

interface StepStripProps {
  session: Session;
  /** Whose verdict is shown. */
  shown: number | null;
  onShow: (step: number) => void;
}

/** The steps of the episode: those taken, with their rewards, and those left. */
export function StepStrip({ session, shown, onShow }: StepStripProps) {
  const { attempts, episode, task } = session;
  const most = episode?.max_steps ?? task?.max_steps ?? MOST_STEPS;
  const left = Math.max(0, most - attempts.length);
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
      {Array.from({ length: session.over ? 0 : left }, (_, index) => (
        <span key={index} className={styles.stepLeft} aria-hidden="true">
          {attempts.length + index + 1}
        </span>
      ))}
      <span className={styles.stepsLeft}>{standing(session, left)}</span>
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

function standing({ attempts, over }: Session, left: number): string {
  if (attempts.length === 0) return "No step taken yet";
  if (over) return attempts.at(-1)?.verdict.solved ? "Solved" : "No steps left";
  return left === 1 ? "1 step left" : `${left} steps left`;
}
