/** Arithmetic of the history that charts are drawn from. */

import type { History, HistoryBucket } from "@/api/types";
import type { WINDOWS } from "../search";

export type Window = (typeof WINDOWS)[number];

export const WINDOW_MS: Record<Window, number> = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
};

/** What was known, with what has come since: the last buckets are told anew, and the oldest pass out of the window. */
export function merged(before: History | undefined, next: History, windowMs: number): History {
  const first = next.buckets[0]?.start_ms ?? Infinity;
  const kept = before?.buckets.filter(
    bucket => bucket.start_ms < first && bucket.start_ms >= next.now_ms - windowMs,
  );
  return { ...next, buckets: [...(kept ?? []), ...next.buckets] };
}

export interface Filled {
  /** ms since the epoch, of the beginning of each bucket: all of the window from the first that holds anything. */
  times: number[];
  /** Undefined where nothing happened. */
  buckets: (HistoryBucket | undefined)[];
}

/** The buckets with the empty ones between them, which the API leaves out. */
export function filled(history: History): Filled {
  const step = history.bucket_s * 1000;
  const first = history.buckets[0]?.start_ms;
  if (first === undefined) return { times: [], buckets: [] };
  const known = new Map(history.buckets.map(bucket => [bucket.start_ms, bucket]));
  const times: number[] = [];
  for (let time = first; time <= history.now_ms; time += step) times.push(time);
  return { times, buckets: times.map(time => known.get(time)) };
}

export interface Totals {
  attempts: number;
  episodes: number;
  solved: number;
  meanReward: number | null;
  groups: number;
  variedGroups: number;
  outcomes: Record<string, number>;
  complexity: Record<string, number>;
  methods: Record<string, number>;
  fixes: Record<string, number>;
  judges: Record<string, number>;
}

type Counted = "outcomes" | "complexity" | "methods" | "fixes" | "judges";

function added(buckets: readonly HistoryBucket[], name: Counted): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const bucket of buckets) {
    for (const [word, count] of Object.entries(bucket[name])) sums[word] = (sums[word] ?? 0) + count;
  }
  return sums;
}

export function totals(buckets: readonly HistoryBucket[]): Totals {
  const sum = (of: (bucket: HistoryBucket) => number) => buckets.reduce((so, bucket) => so + of(bucket), 0);
  const attempts = sum(bucket => bucket.attempts);
  const rewards = sum(bucket => (bucket.mean_reward ?? 0) * bucket.attempts);
  return {
    attempts,
    episodes: sum(bucket => bucket.episodes),
    solved: sum(bucket => bucket.solved),
    meanReward: attempts > 0 ? rewards / attempts : null,
    groups: sum(bucket => bucket.groups),
    variedGroups: sum(bucket => bucket.varied_groups),
    outcomes: added(buckets, "outcomes"),
    complexity: added(buckets, "complexity"),
    methods: added(buckets, "methods"),
    fixes: added(buckets, "fixes"),
    judges: added(buckets, "judges"),
  };
}
