import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useDark } from "@/theme";
import styles from "./Charts.module.css";

export interface Line {
  name: string;
  /** A colour token, such as `--accent`. */
  colour: `--${string}`;
  /** Beside `times`; null: nothing is known then. */
  values: readonly (number | null)[];
  /** points: single values, without a line between them. */
  draw?: "line" | "points" | "steps";
  width?: number;
}

interface TimeChartProps {
  /** What readers of screens are told; the numbers stand in a table or text beside it. */
  label: string;
  /** ms since the epoch, ascending; with `count` any numbers that ascend. */
  times: readonly number[];
  axis?: "time" | "count";
  lines: readonly Line[];
  height?: number;
  /** Of the value axis; null: as the values need it. */
  range?: [number, number] | null;
  format?: (value: number) => string;
}

/** A colour token as a canvas takes it. */
function resolved(host: HTMLElement, token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Values over time, on a canvas: thousands of points are drawn within a frame. */
export function TimeChart({
  label,
  times,
  lines,
  axis: kind = "time",
  height = 200,
  range = null,
  format,
}: TimeChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const dark = useDark();
  // What changes the chart's build; its data are given to it without one.
  const build = JSON.stringify([
    dark,
    kind,
    height,
    range,
    lines.map(({ name, colour, draw, width }) => [name, colour, draw, width]),
  ]);
  const latest = useRef({ times, lines, format });
  useEffect(() => {
    latest.current = { times, lines, format };
  });

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const axis = {
      stroke: resolved(element, "--ink-3"),
      grid: { stroke: resolved(element, "--line"), width: 1 },
      ticks: { show: false },
      font: `11px ${getComputedStyle(element).fontFamily}`,
    };
    const made = new uPlot(
      {
        width: element.clientWidth,
        height,
        ms: 1,
        legend: { show: false },
        cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
        scales: { x: { time: kind === "time" }, y: range ? { range: () => range } : {} },
        axes: [
          { ...axis, space: 80, size: 28, values: (_, ticks) => axisWords(ticks, kind) },
          {
            ...axis,
            size: 44,
            values: (_, ticks) => ticks.map(tick => latest.current.format?.(tick) ?? String(tick)),
          },
        ],
        series: [
          {},
          ...latest.current.lines.map(line => ({
            label: line.name,
            stroke: resolved(element, line.colour),
            width: line.draw === "points" ? 0 : (line.width ?? 1.75),
            points: { show: line.draw === "points", size: 4, fill: resolved(element, line.colour), width: 0 },
            ...(line.draw === "steps" && uPlot.paths.stepped && { paths: uPlot.paths.stepped({ align: 1 }) }),
            spanGaps: line.draw !== "points",
          })),
        ],
      },
      data(latest.current.times, latest.current.lines),
      element,
    );
    chart.current = made;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [build]);

  useEffect(() => {
    chart.current?.setData(data(times, lines));
  }, [times, lines, build]);

  return (
    <figure className={styles.figure}>
      <div ref={host} className={styles.chart} role="img" aria-label={label} />
      {lines.length > 1 && (
        <figcaption className={styles.legend}>
          {lines.map(line => (
            <span key={line.name} style={{ "--colour": `var(${line.colour})` } as React.CSSProperties}>
              {line.name}
            </span>
          ))}
        </figcaption>
      )}
    </figure>
  );
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Ticks in words: hours and minutes, with seconds where they are closer, or days where they are a day or more apart. */
function axisWords(ticks: readonly number[], kind: "time" | "count"): string[] {
  if (kind === "count") return ticks.map(String);
  const apart = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  return ticks.map(tick => {
    const time = new Date(tick);
    if (apart >= DAY_MS) return time.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
    const seconds = apart < MINUTE_MS ? ({ second: "2-digit" } as const) : {};
    return time.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", ...seconds });
  });
}

function data(times: readonly number[], lines: readonly Line[]): uPlot.AlignedData {
  return [times as number[], ...lines.map(line => line.values as (number | null)[])];
}
