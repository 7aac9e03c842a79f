import { expect, test } from "vitest";
import type { History, HistoryBucket } from "@/api/types";
import { filled, merged, totals } from "./history";

function bucket(start_ms: number, more: Partial<HistoryBucket> = {}): HistoryBucket {
  return {
    start_ms,
    attempts: 1,
    steps: 1,
    episodes: 0,
    solved: 0,
    mean_reward: 0.5,
    mean_final_reward: null,
    by_level: {},
    components: {},
    outcomes: {},
    complexity: {},
    methods: {},
    fixes: {},
    judges: {},
    groups: 0,
    varied_groups: 0,
    ...more,
  };
}

const history = (now_ms: number, ...buckets: HistoryBucket[]): History => ({
  window: "hour",
  bucket_s: 10,
  now_ms,
  buckets,
});

test("what comes again replaces what was known, and what is too old goes", () => {
  const before = history(60_000, bucket(0), bucket(50_000), bucket(60_000, { attempts: 1 }));
  const after = merged(before, history(75_000, bucket(60_000, { attempts: 3 }), bucket(70_000)), 50_000);
  expect(after.buckets.map(each => [each.start_ms, each.attempts])).toEqual([
    [50_000, 1],
    [60_000, 3],
    [70_000, 1],
  ]);
  expect(merged(before, history(65_000), 3_600_000).buckets).toHaveLength(3);
});

test("buckets in which nothing happened are there, empty", () => {
  const { times, buckets } = filled(history(45_000, bucket(10_000), bucket(30_000)));
  expect(times).toEqual([10_000, 20_000, 30_000, 40_000]);
  expect(buckets.map(each => each?.start_ms)).toEqual([10_000, undefined, 30_000, undefined]);
});

test("a mean is weighed by what it is of", () => {
  const all = totals([
    bucket(0, { attempts: 1, mean_reward: 1, outcomes: { solved: 1 } }),
    bucket(10_000, { attempts: 3, mean_reward: 0, outcomes: { solved: 1, failed: 2 } }),
  ]);
  expect(all.meanReward).toBe(0.25);
  expect(all.outcomes).toEqual({ solved: 2, failed: 2 });
  expect(totals([]).meanReward).toBeNull();
});
