import type { CSSProperties } from "react";
import type { Verdict } from "@/api/types";
import { reward } from "@/text/format";
import { shares, type Share } from "./parts";
import styles from "./Reward.module.css";

interface BarSegment {
  key: string;
  colour: string;
  width: number;
}

/** One line of a stacked bar on a scale from 0 to 1. Its numbers stand in the table beside it. */
function Bar({ segments, label }: { segments: readonly BarSegment[]; label: string }) {
  return (
    <div className={styles.bar} role="img" aria-label={label}>
      {segments
        .filter(segment => segment.width > 0)
        .map(({ key, colour, width }) => (
          <span key={key} style={{ "--colour": colour, width: `${width * 100}%` } as CSSProperties} />
        ))}
    </div>
  );
}

/** The reward as a bar of what its components add, less what is taken off, and a table that says what each means. */
export function RewardBreakdown({ verdict }: { verdict: Verdict }) {
  const parts = shares(verdict);
  const { step, identical } = verdict.penalties;
  const off = step + identical;
  return (
    <div className={styles.breakdown}>
      <Bar
        label={`Reward ${reward(verdict.reward)}: ${spoken(parts)}; ${off.toFixed(2)} taken off`}
        segments={parts.map(({ part, adds }) => ({
          key: part.name,
          colour: `var(${part.token})`,
          width: adds,
        }))}
      />
      <table className={styles.table}>
        <thead className="sr-only">
          <tr>
            <th scope="col">Component</th>
            <th scope="col">Score</th>
            <th scope="col">Adds</th>
          </tr>
        </thead>
        <tbody>
          {parts.map(({ part, score, adds }) => (
            <tr key={part.name}>
              <th scope="row">
                <span
                  className={styles.key}
                  style={{ "--colour": `var(${part.token})` } as CSSProperties}
                  aria-hidden="true"
                />
                {part.title}
                <span className={styles.meaning}>{part.meaning}</span>
              </th>
              <td className="numeric muted">{score === null ? "not scored" : score.toFixed(2)}</td>
              <td className="numeric">{adds.toFixed(3)}</td>
            </tr>
          ))}
          <Penalty title="Step" meaning="For each step taken." value={step} />
          <Penalty
            title="Identical"
            meaning="The same syntax tree as an earlier attempt of this episode."
            value={identical}
          />
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Reward</th>
            <td />
            <td className="numeric">{reward(verdict.reward)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function Penalty({ title, meaning, value }: { title: string; meaning: string; value: number }) {
  if (value === 0) return null;
  return (
    <tr>
      <th scope="row">
        <span
          className={styles.key}
          style={{ "--colour": "var(--part-penalty)" } as CSSProperties}
          aria-hidden="true"
        />
        {title}
        <span className={styles.meaning}>{meaning}</span>
      </th>
      <td />
      <td className={`numeric ${styles.off}`}>−{value.toFixed(3)}</td>
    </tr>
  );
}

function spoken(parts: readonly Share[]): string {
  return parts.map(({ part, adds }) => `${part.title} ${adds.toFixed(2)}`).join(", ");
}

/** A reward in a row: its number, and how far it reaches. */
export function RewardMeter({ value }: { value: number | null | undefined }) {
  return (
    <span className={styles.meter}>
      <span className={styles.track} aria-hidden="true">
        <span style={{ width: `${Math.max(0, Math.min(1, value ?? 0)) * 100}%` }} />
      </span>
      {reward(value)}
    </span>
  );
}
