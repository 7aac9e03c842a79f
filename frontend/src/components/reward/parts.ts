/** What a reward is made of. */

import type { RewardComponents, Verdict } from "@/api/types";

export type PartName = keyof RewardComponents;

export interface Part {
  name: PartName;
  title: string;
  meaning: string;
  /** The weight by default; a deployment may have others, and then the verdict tells what each part came to. */
  weight: number;
  /** Of its colour. */
  token: `--${string}`;
}

export const PARTS: readonly Part[] = [
  {
    name: "compile_score",
    title: "Compiles",
    meaning: "1 for whatever earns anything at all.",
    weight: 0.15,
    token: "--part-compile",
  },
  {
    name: "test_pass_ratio",
    title: "Tests",
    meaning: "The share of visible and hidden tests that pass.",
    weight: 0.35,
    token: "--part-tests",
  },
  {
    name: "efficiency_score",
    title: "Efficiency",
    meaning: "CPU time beside the reference's, and how it grows. 0 unless all tests pass.",
    weight: 0.3,
    token: "--part-efficiency",
  },
  {
    name: "llm_correctness",
    title: "Correctness",
    meaning: "The judge's score; at most the share of tests.",
    weight: 0.1,
    token: "--part-correctness",
  },
  {
    name: "llm_security",
    title: "Security",
    meaning: "The judge's score for what the code exposes.",
    weight: 0.05,
    token: "--part-security",
  },
  {
    name: "llm_quality",
    title: "Quality",
    meaning: "The judge's score for how it is written.",
    weight: 0.05,
    token: "--part-quality",
  },
];

export interface Share {
  part: Part;
  /** The component's score in [0, 1]; null: not scored. */
  score: number | null;
  /** What it adds to the base. */
  adds: number;
}

/** What each component adds to the base: as the verdict says, else by the usual weights. */
export function shares(verdict: Pick<Verdict, "reward_components" | "contributions">): Share[] {
  return PARTS.map(part => {
    const score = verdict.reward_components[part.name];
    const told = verdict.contributions?.[part.name];
    return { part, score, adds: told ?? (score ?? 0) * part.weight };
  });
}
