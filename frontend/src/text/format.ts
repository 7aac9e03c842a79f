/** Numbers and times, as people read them. All take what the API tells, in its units. */

const NONE = "–";

export function reward(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : value.toFixed(3);
}

export function share(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE;
  return `${Math.round(value * 100)} %`;
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** Seconds, in the unit in which they are at least one. */
export function seconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  if (value === 0) return "0 s";
  if (value < 1e-3) return `${trimmed(value * 1e6)} µs`;
  if (value < 1) return `${trimmed(value * 1e3)} ms`;
  if (value < 120) return `${trimmed(value)} s`;
  return `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
}

function trimmed(value: number): string {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, "") : value.toFixed(0);
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  const units = ["KiB", "MiB", "GiB"];
  let scaled = value;
  let unit = "B";
  for (const next of units) {
    if (scaled < 1024) break;
    scaled /= 1024;
    unit = next;
  }
  return `${scaled < 10 ? scaled.toFixed(1) : scaled.toFixed(0)} ${unit}`;
}

/** A count with its noun: "1 step", "3 steps". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** How long ago, in one unit. */
export function ago(timeMs: number, nowMs: number): string {
  const passed = Math.max(0, nowMs - timeMs) / 1000;
  if (passed < 5) return "now";
  if (passed < 60) return `${Math.floor(passed)} s ago`;
  if (passed < 3600) return `${Math.floor(passed / 60)} min ago`;
  if (passed < 86_400) return `${Math.floor(passed / 3600)} h ago`;
  return `${Math.floor(passed / 86_400)} d ago`;
}

export function clock(timeMs: number): string {
  return new Date(timeMs).toLocaleTimeString("en-GB", { hour12: false });
}

export function dateTime(timeMs: number): string {
  return new Date(timeMs).toLocaleString("sv-SE");
}

/** A word of a closed set of the API, such as `no_entry_point`, in words. */
export function words(name: string): string {
  return name.replaceAll("_", " ");
}
