/** What the addresses of pages hold. Whatever a link says that is not understood is left out. */

export const LEVELS = ["easy", "medium", "hard"] as const;
export type Level = (typeof LEVELS)[number];

const MAX_TEXT = 200;

type Search = Record<string, unknown>;

/** A text that is there and not too long; the router reads bare numbers as numbers. */
function text(value: unknown): string | undefined {
  const found = typeof value === "number" ? String(value) : value;
  return typeof found === "string" && found !== "" ? found.slice(0, MAX_TEXT) : undefined;
}

function oneOf<T extends string>(value: unknown, values: readonly T[]): T | undefined {
  return values.find(each => each === value);
}

function whole(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : undefined;
}

/** Without the members that are undefined, so that addresses stay short. */
function set<T extends object>(members: T): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}

export const playSearch = (search: Search) => set({ task: text(search.task), episode: text(search.episode) });

export const WINDOWS = ["hour", "day", "week"] as const;
export const liveSearch = (search: Search) =>
  set({ window: oneOf(search.window, WINDOWS), agent: text(search.agent) });

export const OUTCOMES = ["solved", "passed", "failed", "load_error", "compile_error"] as const;
export const episodeFilters = (search: Search) =>
  set({
    q: text(search.q),
    agent: text(search.agent),
    task: text(search.task),
    level: oneOf(search.level, LEVELS),
    outcome: oneOf(search.outcome, OUTCOMES),
    method: text(search.method),
  });

export const taskFilters = (search: Search) =>
  set({
    q: text(search.q),
    category: text(search.category),
    level: oneOf(search.level, LEVELS),
    split: oneOf(search.split, ["train", "held_out"] as const),
    source: text(search.source),
    tag: text(search.tag),
    page: whole(search.page),
  });

export const textFilter = (search: Search) => set({ q: text(search.q), page: whole(search.page) });
