/** What pages ask of the API, with how long an answer stays good. */

import { infiniteQueryOptions, QueryClient, queryOptions } from "@tanstack/react-query";
import { answered, answeredWith, client } from "./client";
import { key } from "./key";
import { ApiProblem } from "./problem";
import type { Ready } from "./types";

const TRIES = 4;
const LONGEST_WAIT_MS = 10_000;

/** What is ours to fail is asked again, when the answer says; what the caller got wrong is not. */
function retry(failures: number, error: Error): boolean {
  return error instanceof ApiProblem && (error.kind === "later" || error.kind === "away") && failures < TRIES;
}

function retryDelay(failures: number, error: Error): number {
  const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures);
  const asked = error instanceof ApiProblem && error.retryAtMs !== null ? error.retryAtMs - Date.now() : 0;
  return Math.max(wait, asked);
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry, retryDelay, staleTime: 10_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});

// Whatever was refused may be allowed with another key, and what was allowed may belong to another owner.
key.subscribe(() => {
  if (key.refusal() === null) void queryClient.resetQueries();
});

/** Whether attempts can be graded. An answer of 503 tells the same members, and so is data, too. */
export const readyQuery = queryOptions({
  queryKey: ["ready"],
  queryFn: async ({ signal }): Promise<Ready> => {
    const { data, error, response } = await client.GET("/ready", { signal });
    if (data !== undefined) return data;
    if (response.status === 503 && typeof error === "object" && "checks" in error)
      return error as unknown as Ready;
    return answered(Promise.resolve({ error, response }));
  },
  refetchInterval: query => (query.state.status === "error" ? 2_000 : 10_000),
  retry: false,
});

export const taskQuery = (taskId: string) =>
  queryOptions({
    queryKey: ["task", taskId],
    queryFn: ({ signal }) =>
      answered(client.GET("/tasks/{task_id}", { params: { path: { task_id: taskId } }, signal })),
    staleTime: 60_000,
  });

export interface TaskFilters {
  q?: string;
  category?: string;
  level?: string;
  split?: string;
  source?: string;
  tag?: string;
}

const TASKS_PER_PAGE = 100;

/** The tasks that match, a page after the other; `total` of all of them. */
export const tasksQuery = (filters: TaskFilters) =>
  infiniteQueryOptions({
    queryKey: ["tasks", filters],
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filters, offset: pageParam, limit: TASKS_PER_PAGE };
      const { data, headers } = await answeredWith(client.GET("/tasks", { params: { query }, signal }));
      return { tasks: data, total: Number(headers.get("X-Total-Count") ?? data.length), offset: pageParam };
    },
    initialPageParam: 0,
    getNextPageParam: last =>
      last.offset + last.tasks.length < last.total && last.tasks.length > 0
        ? last.offset + last.tasks.length
        : undefined,
    placeholderData: before => before,
  });

export const episodeQuery = (episodeId: string) =>
  queryOptions({
    queryKey: ["episode", episodeId],
    queryFn: ({ signal }) =>
      answered(client.GET("/episodes/{episode_id}", { params: { path: { episode_id: episodeId } }, signal })),
  });

export const curriculumQuery = (agentId: string) =>
  queryOptions({
    queryKey: ["curriculum", agentId],
    queryFn: ({ signal }) =>
      answered(client.GET("/curriculum", { params: { query: { agent_id: agentId } }, signal })),
  });

export const statsQuery = queryOptions({
  queryKey: ["stats"],
  queryFn: ({ signal }) => answered(client.GET("/stats", { signal })),
});

/** The words by which tasks are filtered, with how many have each. */
export const taskLabelsQuery = queryOptions({
  queryKey: ["task-labels"],
  queryFn: ({ signal }) => answered(client.GET("/task-labels", { signal })),
  staleTime: 60_000,
});

/** The agents that were active last. */
export const agentsQuery = (query: { q?: string; offset?: number; limit: number }) =>
  queryOptions({
    queryKey: ["agents", query],
    queryFn: async ({ signal }) => {
      const { data, headers } = await answeredWith(client.GET("/agents", { params: { query }, signal }));
      return { agents: data, total: Number(headers.get("X-Total-Count") ?? data.length) };
    },
    placeholderData: before => before,
  });
