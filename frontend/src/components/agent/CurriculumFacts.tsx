import type { CSSProperties } from "react";
import type { CurriculumState } from "@/api/types";
import { useNow } from "@/now";
import { ago, count, reward } from "@/text/format";
import { LevelName } from "../ui/LevelName";
import styles from "./CurriculumFacts.module.css";

interface CurriculumFactsProps {
  state: CurriculumState;
  /** So many of the last moves are shown. */
  moves: number;
}

/** An agent's level, how far it is from the next one up or down, and why it moved. */
export function CurriculumFacts({ state, moves }: CurriculumFactsProps) {
  const now = useNow();
  const last = state.moves.slice(-moves).reverse();
  return (
    <div className={styles.facts}>
      <p className={styles.level}>
        <LevelName level={state.level} />
        <span className="muted">
          {state.episodes > 0 ? `after ${count(state.episodes)} episodes` : "no episode finished yet"}
        </span>
      </p>
      {state.strategy === "threshold" ? <Window state={state} /> : <Progress state={state} />}
      {last.length > 0 && (
        <ol className={styles.moves} aria-label="Changes of level">
          {last.map(move => (
            <li key={move.time_ms}>
              <span>
                {move.from_level} to {move.to_level}
              </span>
              <span className="muted">
                {move.mean > state.up_above
                  ? `mean ${move.mean.toFixed(2)}, above ${state.up_above}`
                  : `mean ${move.mean.toFixed(2)}, below ${state.down_below}`}
              </span>
              <span className="faint">{ago(move.time_ms, now)}</span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** The window's mean between the two thresholds that it would move at. */
function Window({ state }: { state: CurriculumState }) {
  const { window, window_size, mean, up_above, down_below } = state;
  const at = (value: number) => ({ "--at": `${value * 100}%` }) as CSSProperties;
  return (
    <>
      <div
        className={styles.gauge}
        role="img"
        aria-label={`Mean ${reward(mean)}; a level up above ${up_above}, down below ${down_below}`}
      >
        <span className={styles.threshold} style={at(down_below)} data-name={`down ${down_below}`} />
        <span className={styles.threshold} style={at(up_above)} data-name={`up ${up_above}`} />
        {mean !== null && <span className={styles.mean} style={at(mean)} />}
      </div>
      <p className="muted">
        {mean === null
          ? `The window of ${window_size} final rewards is empty.`
          : `The last ${window.length} final rewards of ${window_size} have a mean of ${reward(mean)}.`}
        {window.length < window_size && " It decides once it is full."}
      </p>
    </>
  );
}

function Progress({ state }: { state: CurriculumState }) {
  return (
    <p className="muted">
      Tasks are chosen by learning progress
      {state.mean_reward !== null && `; mean final reward ${reward(state.mean_reward)}`}.
    </p>
  );
}
