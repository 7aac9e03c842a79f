import { useMemo } from "react";
import { Stats, type Stat } from "@/components/ui/Stats";
import { useEvents } from "@/events/use-events";
import { useNow } from "@/now";
import { count, counted, reward, share } from "@/text/format";
import { rateOf } from "./events";
import type { Totals } from "./history";

const RATE_WINDOW_MS = 60_000;

/** What stands above the charts: how much, how well, and how much of it teaches. */
export function Summary({ totals }: { totals: Totals }) {
  const { events } = useEvents();
  const now = useNow();
  const rate = useMemo(() => rateOf(events, now, RATE_WINDOW_MS), [events, now]);
  return <Stats label="Summary" stats={stats(totals, rate)} />;
}

function stats(totals: Totals, rate: number): Stat[] {
  const still = totals.groups - totals.variedGroups;
  return [
    { name: "Steps per second", value: rate.toFixed(2), note: "over the last minute" },
    { name: "Attempts", value: count(totals.attempts), note: counted(totals.episodes, "episode") },
    { name: "Mean reward", value: reward(totals.meanReward), note: "of every attempt" },
    {
      name: "Solved",
      value: totals.episodes ? share(totals.solved / totals.episodes) : "–",
      note: `${count(totals.solved)} of ${counted(totals.episodes, "episode")}`,
    },
    {
      name: "Groups without variance",
      value: totals.groups ? share(still / totals.groups) : "–",
      note: totals.groups ? `${count(still)} of ${counted(totals.groups, "group")}` : "no groups yet",
    },
  ];
}
