import { expect, test } from "vitest";
import type { LiveEvent } from "@/events/log";
import { lastEpisodes, lastSteps, rateOf } from "./events";

function event(seq: number, episode_id: string, kind = "step"): LiveEvent {
  const data = {
    time_ms: seq * 1000,
    episode_id,
    agent_id: "a",
    task_id: "t",
    level: "easy",
    partition: "train",
  };
  return { seq, id: `${seq}-0`, kind, data: kind === "step" ? { ...data, reward: seq / 10 } : data };
}

const EVENTS = [event(1, "a", "reset"), event(2, "a"), event(3, "b", "reset"), event(4, "b"), event(5, "a")];

test("an episode is there once, with its last event, the latest first", () => {
  expect(lastEpisodes(EVENTS, 10).map(each => [each.data.episode_id, each.seq])).toEqual([
    ["a", 5],
    ["b", 4],
  ]);
  expect(lastEpisodes(EVENTS, 1)).toHaveLength(1);
});

test("only steps have rewards", () => {
  expect(lastSteps(EVENTS, 2)).toEqual([
    { timeMs: 4000, reward: 0.4 },
    { timeMs: 5000, reward: 0.5 },
  ]);
});

test("a rate is of the steps within its window", () => {
  expect(rateOf(EVENTS, 5_000, 2_000)).toBe(1);
  expect(rateOf([], 5_000, 2_000)).toBe(0);
});
