/** Arithmetic of a chart of time by size, both on logarithmic axes. */

export interface Point {
  n: number;
  seconds: number;
}

const GROWTH: Record<string, (n: number) => number> = {
  "O(1)": () => 1,
  "O(log n)": n => Math.log2(n + 1),
  "O(n)": n => n,
  "O(n log n)": n => n * Math.log2(n + 1),
  "O(n^2)": n => n ** 2,
  "O(n^2 log n)": n => n ** 2 * Math.log2(n + 1),
  "O(n^3)": n => n ** 3,
  // Its logarithm would do; beyond this n no measurement finishes.
  "O(2^n)": n => 2 ** Math.min(n, 1000),
};

/** Sizes with their times, without what has no place on a logarithmic axis. */
export function points(sizes: readonly number[], times: readonly number[]): Point[] {
  return sizes.flatMap((n, index) => {
    const seconds = times[index];
    return n > 0 && seconds !== undefined && seconds > 0 ? [{ n, seconds }] : [];
  });
}

/** The class's curve through the points, at their sizes: its factor is the geometric mean of theirs. [] if unknown. */
export function fitted(name: string, measured: readonly Point[]): Point[] {
  const growth = GROWTH[name];
  if (growth === undefined || measured.length < 2) return [];
  const logs = measured.map(({ n, seconds }) => Math.log(seconds) - Math.log(growth(n)));
  const factor = Math.exp(logs.reduce((sum, each) => sum + each, 0) / logs.length);
  return measured.map(({ n }) => ({ n, seconds: factor * growth(n) }));
}

export interface Scale {
  low: number;
  high: number;
  /** In [0, 1] between low and high. */
  at: (value: number) => number;
  ticks: number[];
}

/** A logarithmic scale around the values, with its powers of ten as ticks, or its ends where it holds fewer than two. */
export function logScale(values: readonly number[]): Scale {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const from = Math.log10(low) - 0.08;
  const to = Math.log10(high) + 0.08;
  const powers = [];
  for (let power = Math.ceil(from); power <= Math.floor(to); power++) powers.push(10 ** power);
  return {
    low,
    high,
    at: value => (to === from ? 0.5 : (Math.log10(value) - from) / (to - from)),
    ticks: powers.length >= 2 ? powers : low === high ? [low] : [low, high],
  };
}

/** A size, short: 1000 is 1k. */
export function short(n: number): string {
  if (n >= 1e6) return `${+(n / 1e6).toPrecision(3)}M`;
  if (n >= 1e3) return `${+(n / 1e3).toPrecision(3)}k`;
  return String(+n.toPrecision(3));
}
