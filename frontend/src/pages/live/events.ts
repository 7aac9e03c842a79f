/** What the last events come to. Each looks from the end, and no further than it must. */

import type { LiveEvent } from "@/events/log";

/** Steps per second over the window that ends now. */
export function rateOf(events: readonly LiveEvent[], nowMs: number, windowMs: number): number {
  let steps = 0;
  for (let index = events.length - 1; index >= 0; index--) {
    const event = events[index];
    if (event === undefined || event.data.time_ms < nowMs - windowMs) break;
    if (event.kind === "step") steps += 1;
  }
  return (steps / windowMs) * 1000;
}

/** The last event of each of the last episodes, the latest first. */
export function lastEpisodes(events: readonly LiveEvent[], most: number): LiveEvent[] {
  const seen = new Set<string>();
  const found: LiveEvent[] = [];
  for (let index = events.length - 1; index >= 0 && found.length < most; index--) {
    const event = events[index];
    if (event === undefined || seen.has(event.data.episode_id)) continue;
    seen.add(event.data.episode_id);
    found.push(event);
  }
  return found;
}

/** The last steps that have a reward, the oldest first. */
export function lastSteps(events: readonly LiveEvent[], most: number): { timeMs: number; reward: number }[] {
  const found: { timeMs: number; reward: number }[] = [];
  for (let index = events.length - 1; index >= 0 && found.length < most; index--) {
    const event = events[index];
    if (event?.kind !== "step" || event.data.reward === undefined) continue;
    found.push({ timeMs: event.data.time_ms, reward: event.data.reward });
  }
  return found.reverse();
}
