import type { Complexity } from "@/api/types";
import { seconds } from "@/text/format";
import styles from "./Charts.module.css";
import { fitted, logScale, points, short, type Point, type Scale } from "./growth";

const WIDTH = 420;
const HEIGHT = 220;
const LEFT = 52;
const BOTTOM = 30;
const TOP = 10;
const RIGHT = 10;

/** How an attempt's time grows, beside the reference's: both axes logarithmic, so that a power of n is a line. */
export function ComplexityChart({ complexity }: { complexity: Complexity }) {
  const measured = points(complexity.sizes, complexity.times);
  if (measured.length < 2) return null;
  const reference = points(complexity.sizes, complexity.reference_times);
  const fit = fitted(complexity.measured, measured);
  const x = logScale(measured.map(point => point.n));
  const y = logScale([...measured, ...reference].map(point => point.seconds));
  const left = (n: number) => LEFT + x.at(n) * (WIDTH - LEFT - RIGHT);
  const top = (time: number) => HEIGHT - BOTTOM - y.at(time) * (HEIGHT - BOTTOM - TOP);
  const line = (through: readonly Point[]) =>
    through.map(({ n, seconds: s }) => `${left(n)},${top(s)}`).join(" ");
  return (
    <figure className={styles.figure}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        className={styles.growth}
        role="img"
        aria-label={spoken(complexity, measured)}
      >
        <Axes x={x} y={y} left={left} top={top} />
        {reference.length > 1 && <polyline points={line(reference)} className={styles.reference} />}
        {fit.length > 1 && <polyline points={line(fit)} className={styles.fit} />}
        {reference.map(point => (
          <rect
            key={point.n}
            x={left(point.n) - 3}
            y={top(point.seconds) - 3}
            width={6}
            height={6}
            className={styles.referencePoint}
          />
        ))}
        {measured.map(point => (
          <circle key={point.n} cx={left(point.n)} cy={top(point.seconds)} r={3.5} className={styles.point} />
        ))}
      </svg>
      <figcaption className={styles.legend}>
        <span data-mark="point">this attempt</span>
        {fit.length > 1 && <span data-mark="fit">{complexity.measured} fitted</span>}
        {reference.length > 1 && <span data-mark="reference">reference</span>}
      </figcaption>
    </figure>
  );
}

interface AxesProps {
  x: Scale;
  y: Scale;
  left: (n: number) => number;
  top: (time: number) => number;
}

function Axes({ x, y, left, top }: AxesProps) {
  return (
    <g className={styles.axes}>
      {x.ticks.map(n => (
        <g key={n}>
          <line x1={left(n)} x2={left(n)} y1={TOP} y2={HEIGHT - BOTTOM} />
          <text x={left(n)} y={HEIGHT - BOTTOM + 15} textAnchor="middle">
            {short(n)}
          </text>
        </g>
      ))}
      {y.ticks.map(time => (
        <g key={time}>
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={top(time)} y2={top(time)} />
          <text x={LEFT - 6} y={top(time) + 4} textAnchor="end">
            {seconds(time)}
          </text>
        </g>
      ))}
      <text x={WIDTH - RIGHT} y={HEIGHT - 2} textAnchor="end">
        n
      </text>
    </g>
  );
}

function spoken(complexity: Complexity, measured: readonly Point[]): string {
  const first = measured[0];
  const last = measured.at(-1);
  if (!first || !last) return "";
  const growth = complexity.measured
    ? `which grows like ${complexity.measured}`
    : "of no class that can be told";
  return `CPU time by size: ${seconds(first.seconds)} at ${first.n} to ${seconds(last.seconds)} at ${last.n}, ${growth}`;
}
