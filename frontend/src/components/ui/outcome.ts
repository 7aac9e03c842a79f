/** How far an attempt got, in words. */

import type { Verdict } from "@/api/types";
import { words } from "@/text/format";

export type Tone = "good" | "warn" | "bad";

export interface Outcome {
  words: string;
  tone: Tone;
}

export function outcomeOf(verdict: Verdict): Outcome {
  const run = verdict.execution_metadata;
  if (verdict.solved) return { words: "solved", tone: "good" };
  if (run.status !== "ran") return { words: words(run.status), tone: "bad" };
  if (run.test_passed === run.test_total) return { words: "passes, too slow", tone: "warn" };
  return { words: `${run.test_passed}/${run.test_total} tests`, tone: run.test_passed > 0 ? "warn" : "bad" };
}

/** The tone of a kind of verdict, as /stats, /history and events name it. */
export function toneOf(kind: string): Tone {
  if (kind === "solved") return "good";
  return kind === "passed" || kind === "failed" ? "warn" : "bad";
}
