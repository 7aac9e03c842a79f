import { useEffect, useState, type ReactNode } from "react";
import type { ApiProblem } from "@/api/problem";
import { Button } from "./Button";
import styles from "./states.module.css";

/** Nothing is there, and why, and what to do about it. */
export function Nothing({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.nothing}>
      <p className={styles.title}>{title}</p>
      {children && <div className="muted">{children}</div>}
    </div>
  );
}

/** Keeps the place of what is being fetched. what: a noun, for readers of screens. */
export function Loading({ what, lines = 4 }: { what: string; lines?: number }) {
  return (
    <div role="status" className={styles.loading}>
      <span className="sr-only">Loading the {what}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className={styles.line} aria-hidden="true" />
      ))}
    </div>
  );
}

/** Seconds until then, counted down; 0 once it is past or was never said. */
export function useCountdown(untilMs: number | null): number {
  const left = () => (untilMs === null ? 0 : Math.max(0, Math.ceil((untilMs - Date.now()) / 1000)));
  const [seconds, setSeconds] = useState(left);
  const [until, setUntil] = useState(untilMs);
  if (until !== untilMs) {
    setUntil(untilMs);
    setSeconds(left());
  }
  useEffect(() => {
    if (untilMs === null) return;
    const timer = setInterval(() => {
      const next = Math.max(0, Math.ceil((untilMs - Date.now()) / 1000));
      setSeconds(next);
      if (next === 0) clearInterval(timer);
    }, 250);
    return () => {
      clearInterval(timer);
    };
  }, [untilMs]);
  return seconds;
}

interface ProblemNoteProps {
  problem: ApiProblem;
  /** Sends the same again; offered once it may be. */
  onRetry?: (() => void) | undefined;
}

/** Why something could not be done: whose fault it is, and when it may be tried again. */
export function ProblemNote({ problem, onRetry }: ProblemNoteProps) {
  const wait = useCountdown(problem.retryAtMs);
  const retryable = problem.kind === "later" || problem.kind === "away";
  return (
    <div role="alert" className={styles.problem} data-kind={problem.kind}>
      <p>
        <strong>{problem.title}</strong>
        {problem.detail && <>: {problem.detail}</>}
      </p>
      {problem.kind === "later" && <p className="muted">Nothing was counted; the same may be sent again.</p>}
      {(problem.requestId ?? problem.status > 0) && (
        <p className={styles.request}>
          {problem.status > 0 && `HTTP ${problem.status}`}
          {problem.requestId && `, request ${problem.requestId}`}
        </p>
      )}
      {onRetry && (retryable || problem.kind === "key") && (
        <p>
          <Button onClick={onRetry} disabled={wait > 0}>
            {wait > 0 ? `Try again in ${wait} s` : "Try again"}
          </Button>
        </p>
      )}
    </div>
  );
}
