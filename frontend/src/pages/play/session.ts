/** Playing a task: an episode, its steps, the fixer, and the agent that does both in turn. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { answered, body, client } from "@/api/client";
import { asProblem, type ApiProblem } from "@/api/problem";
import { episodeQuery, taskQuery } from "@/api/queries";
import type {
  Attempt,
  Episode,
  FixRequest,
  FixResponse,
  ResetRequest,
  StepRequest,
  TaskDetail,
} from "@/api/types";
import { useAgent } from "@/agent";

export const MOST_STEPS = 5;
const BY_HAND = "manual";

/** What was asked last and is not answered yet. */
export type Doing = "reset" | "step" | "fix" | "agent" | null;

/** A line of what the agent did. */
export type Deed =
  | { kind: "fixing" }
  | { kind: "fixed"; fix: FixResponse; seconds: number }
  | { kind: "stepping"; step: number }
  | { kind: "stepped"; attempt: Attempt }
  | { kind: "over"; words: string };

export interface Failure {
  problem: ApiProblem;
  /** Sends the same again. */
  retry: () => void;
}

/** What the code as given does; told by the reset. */
export interface Baseline {
  errorLog: string;
  hint: string;
}

interface Place {
  task: string | undefined;
  episode: string | undefined;
}

/** An id that no other request has; `randomUUID` is only there where the page came over TLS. */
function newRequestId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

export interface Session {
  task: TaskDetail | undefined;
  taskProblem: ApiProblem | null;
  episode: Episode | undefined;
  episodeProblem: ApiProblem | null;
  attempts: readonly Attempt[];
  baseline: Baseline | undefined;
  over: boolean;
  draft: string;
  setDraft: (code: string) => void;
  doing: Doing;
  failure: Failure | null;
  /** What the fixer made last, while the draft is still that. */
  fix: FixResponse | null;
  deeds: readonly Deed[];
  begin: (choice: string) => void;
  step: () => void;
  askFixer: () => void;
  play: () => void;
  stop: () => void;
}

/** goTo: has the address name the task and the episode. */
export function useSession(place: Place, goTo: (place: { task: string; episode: string }) => void): Session {
  const queries = useQueryClient();
  const agentId = useAgent();
  const task = useQuery({ ...taskQuery(place.task ?? ""), enabled: place.task !== undefined });
  const episode = useQuery({ ...episodeQuery(place.episode ?? ""), enabled: place.episode !== undefined });
  const [edited, setEdited] = useState<{ of: string; code: string } | null>(null);
  const [doing, setDoing] = useState<Doing>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [fix, setFix] = useState<FixResponse | null>(null);
  const [deeds, setDeeds] = useState<readonly Deed[]>([]);
  const abort = useRef<AbortController | null>(null);
  useEffect(
    () => () => {
      // Whatever is under way by then.
      abort.current?.abort();
    },
    [],
  );

  const taskId = place.task ?? "";
  const attempts = episode.data?.attempts ?? [];
  const given = task.data?.buggy_code ?? "";
  const draft = edited?.of === taskId ? edited.code : (attempts.at(-1)?.proposed_fix ?? given);
  const over = episode.data?.done ?? false;

  const setDraft = useCallback(
    (code: string) => {
      setEdited({ of: taskId, code });
    },
    [taskId],
  );

  /** Does what takes a while: alone, and with a failure that can be tried again. */
  function doIt(what: Exclude<Doing, null>, work: (signal: AbortSignal) => Promise<void>): void {
    const mine = new AbortController();
    abort.current?.abort();
    abort.current = mine;
    setDoing(what);
    setFailure(null);
    work(mine.signal)
      .catch((error: unknown) => {
        if (mine.signal.aborted) return;
        setFailure({
          problem: asProblem(error),
          retry: () => {
            doIt(what, work);
          },
        });
      })
      .finally(() => {
        if (abort.current === mine) setDoing(null);
      });
  }

  async function reset(choice: string, signal: AbortSignal, requestId: string): Promise<string> {
    const answer = await answered(
      client.POST("/reset", {
        body: body<ResetRequest>({ task_id: choice, agent_id: agentId, request_id: requestId }),
        signal,
      }),
    );
    signal.throwIfAborted(); // who has left the page is not led back to it
    const { observation, info } = answer;
    const baseline: Baseline = { errorLog: observation.error_log, hint: observation.hint };
    queries.setQueryData(["baseline", answer.episode_id], baseline);
    setFix(null);
    goTo({ task: info.task_id, episode: answer.episode_id });
    return answer.episode_id;
  }

  /** An episode of the task that takes steps. */
  async function opened(signal: AbortSignal, requestId: string): Promise<string> {
    if (place.episode !== undefined && !over && episode.data !== undefined) return place.episode;
    return reset(taskId, signal, requestId);
  }

  async function stepped(
    episodeId: string,
    code: string,
    method: string,
    requestId: string,
    signal?: AbortSignal,
  ) {
    await answered(
      client.POST("/step", {
        body: body<StepRequest>({
          proposed_fix: code,
          episode_id: episodeId,
          agent_id: agentId,
          request_id: requestId,
          ...(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,31}$/.test(method) && { method }),
        }),
        ...(signal && { signal }),
      }),
    );
    // The answer to a step tells the tests in words; the episode has each with its input and what came of it.
    return queries.query({ ...episodeQuery(episodeId), staleTime: 0 });
  }

  function begin(choice: string): void {
    const requestId = newRequestId();
    setDeeds([]);
    doIt("reset", async signal => {
      await reset(choice, signal, requestId);
      setEdited(null);
    });
  }

  function step(): void {
    const code = draft;
    const method = fix?.success && fix.fixed_code === code ? fix.method : BY_HAND;
    const [resetId, stepId] = [newRequestId(), newRequestId()];
    setDeeds([]);
    doIt("step", async signal => {
      const episodeId = await opened(signal, resetId);
      setDraft(code);
      await stepped(episodeId, code, method, stepId, signal);
    });
  }

  async function fixed(code: string, last: Attempt | undefined, signal: AbortSignal): Promise<FixResponse> {
    const about = last?.proposed_fix === code ? last.verdict : null;
    return answered(
      client.POST("/fix", {
        body: body<FixRequest>({
          code,
          task_id: taskId,
          agent_id: agentId,
          ...(about && { error_log: about.error_log, hint: about.hint, reward: about.reward }),
        }),
        signal,
      }),
    );
  }

  function askFixer(): void {
    const code = draft;
    setDeeds([]);
    doIt("fix", async signal => {
      const found = await fixed(code, attempts.at(-1), signal);
      setFix(found);
      if (found.success) setDraft(found.fixed_code);
    });
  }

  function play(): void {
    setDeeds([]);
    const tell = (deed: Deed) => {
      // What is under way is replaced by what came of it.
      setDeeds(before => [
        ...before.filter(each => each.kind !== "fixing" && each.kind !== "stepping"),
        deed,
      ]);
    };
    const resetId = newRequestId();
    const from = over ? given : draft;
    doIt("agent", async signal => {
      try {
        const words = await repair(from, resetId, signal, tell);
        tell({ kind: "over", words });
      } catch (error) {
        if (!signal.aborted) throw error;
        tell({ kind: "over", words: "Stopped." });
      }
    });
  }

  /** Fix, step, fix again: until solved or no step is left. Returns how it ended, in words. */
  async function repair(from: string, resetId: string, signal: AbortSignal, tell: (deed: Deed) => void) {
    const episodeId = await opened(signal, resetId);
    let state = await queries.query({ ...episodeQuery(episodeId), staleTime: 0 });
    let code = from;
    while (!state.done && state.step_count < MOST_STEPS) {
      signal.throwIfAborted();
      tell({ kind: "fixing" });
      const started = performance.now();
      const found = await fixed(code, state.attempts.at(-1), signal);
      tell({ kind: "fixed", fix: found, seconds: (performance.now() - started) / 1000 });
      setFix(found);
      const untried = code !== given && code !== state.attempts.at(-1)?.proposed_fix;
      if (!found.success && !untried) return "The fixer has found nothing better.";
      code = found.fixed_code;
      setDraft(code);
      tell({ kind: "stepping", step: state.step_count + 1 });
      // A step that has begun is counted; it is waited for, even when the agent is to stop.
      state = await stepped(episodeId, code, found.success ? found.method : BY_HAND, newRequestId());
      const attempt = state.attempts.at(-1);
      if (attempt) tell({ kind: "stepped", attempt });
    }
    return state.attempts.at(-1)?.verdict.solved ? "Solved." : "No steps are left.";
  }

  /** Ends what the agent does, after the step that has begun. */
  function stop(): void {
    abort.current?.abort();
  }

  return {
    task: task.data,
    taskProblem: task.error ? asProblem(task.error) : null,
    episode: episode.data,
    episodeProblem: episode.error ? asProblem(episode.error) : null,
    attempts,
    baseline: queries.getQueryData<Baseline>(["baseline", place.episode ?? ""]),
    over,
    draft,
    setDraft,
    doing,
    failure,
    fix: fix && (fix.fixed_code === draft || !fix.success) ? fix : null,
    deeds,
    begin,
    step,
    askFixer,
    play,
    stop,
  };
}
