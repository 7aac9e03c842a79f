import { useMemo, useState } from "react";
import { TimeChart, type Line } from "@/components/charts/TimeChart";
import { PARTS } from "@/components/reward/parts";
import { Segmented } from "@/components/ui/Segmented";
import { useEvents } from "@/events/use-events";
import { rollingMean } from "@/series";
import { count, reward } from "@/text/format";
import { lastSteps } from "./events";
import type { Filled } from "./history";
import styles from "./Live.module.css";

type Breakdown = "all" | "level" | "component";

const ROLLING = 12;
const LEVELS = ["easy", "medium", "hard"] as const;
const UNIT: [number, number] = [0, 1];

function lines(series: Filled, by: Breakdown): Line[] {
  const mean = (values: (number | null)[]) => rollingMean(values, ROLLING);
  if (by === "level") {
    return LEVELS.map(level => ({
      name: level,
      colour: `--level-${level}` as const,
      values: mean(series.buckets.map(bucket => bucket?.by_level[level]?.mean_reward ?? null)),
    })).filter(line => line.values.some(value => value !== null));
  }
  if (by === "component") {
    return PARTS.map(part => ({
      name: part.title,
      colour: part.token,
      values: mean(series.buckets.map(bucket => bucket?.components[part.name] ?? null)),
    }));
  }
  const each = series.buckets.map(bucket => bucket?.mean_reward ?? null);
  return [
    { name: "mean of an interval", colour: "--ink-3", values: each, draw: "points" },
    { name: "rolling mean", colour: "--accent", values: mean(each), width: 2 },
  ];
}

/** Rewards over time: as they are, by level, or by component. */
export function RewardChart({ series }: { series: Filled }) {
  const [by, setBy] = useState<Breakdown>("all");
  const drawn = useMemo(() => lines(series, by), [series, by]);
  const told = drawn
    .map(line => `${line.name} ${reward(line.values.findLast(value => value !== null))}`)
    .join(", ");
  return (
    <section aria-labelledby="live-reward">
      <div className={styles.chartBar}>
        <h2 id="live-reward">Reward</h2>
        <Segmented
          label="Rewards by"
          value={by}
          onChange={setBy}
          options={[
            { value: "all", name: "All" },
            { value: "level", name: "By level" },
            { value: "component", name: "By component" },
          ]}
        />
      </div>
      <TimeChart
        label={`Reward over time. At last: ${told}`}
        times={series.times}
        lines={drawn}
        range={UNIT}
        height={220}
      />
    </section>
  );
}

export function AttemptsChart({ series, bucketS }: { series: Filled; bucketS: number }) {
  const drawn = useMemo(
    (): Line[] => [
      {
        name: "attempts per second",
        colour: "--part-tests",
        values: series.buckets.map(bucket => (bucket?.attempts ?? 0) / bucketS),
        draw: "steps",
      },
    ],
    [series, bucketS],
  );
  const last = drawn[0]?.values.at(-2) ?? 0;
  return (
    <section aria-labelledby="live-attempts">
      <h2 id="live-attempts">Attempts per second</h2>
      <TimeChart
        label={`Attempts per second; at last ${last.toFixed(2)}`}
        times={series.times}
        lines={drawn}
        height={120}
      />
    </section>
  );
}

const SHOWN = 1_000;
const ROLLING_STEPS = 50;

/** Each of the last steps that the stream has told of. */
export function LastAttempts() {
  const { events, total, skipped } = useEvents();
  const steps = useMemo(() => lastSteps(events, SHOWN), [events]);
  const numbers = useMemo(() => steps.map((_, number) => number + 1), [steps]);
  const drawn = useMemo((): Line[] => {
    const rewards = steps.map(step => step.reward);
    return [
      { name: "step", colour: "--ink-3", values: rewards, draw: "points" },
      {
        name: `rolling mean of ${ROLLING_STEPS}`,
        colour: "--accent",
        values: rollingMean(rewards, ROLLING_STEPS),
        width: 2,
      },
    ];
  }, [steps]);
  if (steps.length < 2) return null;
  return (
    <section aria-labelledby="live-steps">
      <div className={styles.chartBar}>
        <h2 id="live-steps">Last steps</h2>
        <p className="faint">
          {count(total)} events{skipped && ", earlier ones passed over"}
        </p>
      </div>
      <TimeChart
        label={`Reward of each of the last ${steps.length} steps; rolling mean ${reward(drawn[1]?.values.at(-1))}`}
        times={numbers}
        axis="count"
        lines={drawn}
        range={UNIT}
        height={160}
      />
    </section>
  );
}
