/** Follows server-sent events for as long as it is wanted: over restarts, with the id of the last event. */

import { createParser, type EventSourceMessage } from "eventsource-parser";
import { ApiProblem, asProblem, away, problemOf } from "@/api/problem";

export interface StreamMessage {
  id: string;
  kind: string;
  data: string;
}

/** - `connecting`: asked, and not answered yet; - `open`: events come; - `waiting`: asks again at `retryAtMs`;
 *  - `refused`: asking again does not help, a key does perhaps; - `closed`: not wanted. */
export type StreamStatus =
  | { state: "closed" }
  | { state: "connecting"; attempt: number }
  | { state: "open"; sinceMs: number }
  | { state: "waiting"; attempt: number; retryAtMs: number; problem: ApiProblem | null }
  | { state: "refused"; problem: ApiProblem };

export interface StreamOptions {
  /** The address; where the last event was is in the header Last-Event-ID. */
  url: string;
  fetch: (request: Request) => Promise<Response>;
  onMessages: (messages: StreamMessage[]) => void;
  onStatus: (status: StreamStatus) => void;
  now?: () => number;
  /** In [0, 1); spreads the tries of many pages over time. */
  random?: () => number;
}

export const FIRST_WAIT_MS = 500;
export const LONGEST_WAIT_MS = 15_000;
/** Nothing at all, not even a comment, for so long: the connection is dead, whatever the browser believes. */
export const SILENCE_MS = 30_000;

/** Before the attempt of this number, counted from 1 after the last success: doubles, and is spread by a half. */
export function waitMs(attempt: number, random: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  return longest * (0.5 + random / 2);
}

export class EventStream {
  lastEventId: string | null;
  private attempt = 0;
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly now: () => number;
  private readonly random: () => number;

  constructor(
    private readonly options: StreamOptions,
    lastEventId: string | null = null,
  ) {
    this.lastEventId = lastEventId;
    this.now = options.now ?? Date.now;
    this.random = options.random ?? Math.random;
  }

  /** Begins, or begins anew without waiting, as after a new key. */
  start(): void {
    this.end();
    this.attempt = 0;
    void this.connect();
  }

  stop(): void {
    this.end();
    this.options.onStatus({ state: "closed" });
  }

  private end(): void {
    clearTimeout(this.timer);
    this.abort?.abort();
    this.abort = null;
  }

  private async connect(): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    this.attempt += 1;
    this.options.onStatus({ state: "connecting", attempt: this.attempt });
    let problem: ApiProblem | null = null;
    try {
      await this.read(abort);
    } catch (error) {
      if (this.abort !== abort) return; // stopped, or begun anew: not ours to go on
      problem = abort.signal.aborted ? null : asProblem(error);
    }
    if (this.abort !== abort) return;
    abort.abort();
    if (problem?.kind === "key" || problem?.kind === "caller") {
      this.options.onStatus({ state: "refused", problem });
      return;
    }
    this.wait(problem);
  }

  private wait(problem: ApiProblem | null): void {
    const wait = waitMs(Math.max(1, this.attempt), this.random());
    const retryAtMs = Math.max(this.now() + wait, problem?.retryAtMs ?? 0);
    this.options.onStatus({ state: "waiting", attempt: this.attempt, retryAtMs, problem });
    this.timer = setTimeout(() => void this.connect(), retryAtMs - this.now());
  }

  /** Returns when the server ends the answer, which it does when it drains. */
  private async read(abort: AbortController): Promise<void> {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (this.lastEventId !== null) headers["Last-Event-ID"] = this.lastEventId;
    const request = new Request(this.options.url, { headers, signal: abort.signal });
    const response = await this.options.fetch(request);
    if (!response.ok || response.body === null) {
      throw problemOf(response, await response.json().catch(() => null), this.now());
    }
    this.attempt = 0;
    this.options.onStatus({ state: "open", sinceMs: this.now() });
    let batch: StreamMessage[] = [];
    const parser = createParser({
      onEvent: (event: EventSourceMessage) => {
        batch.push({ id: event.id ?? "", kind: event.event ?? "message", data: event.data });
      },
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await this.inTime(reader.read(), abort).catch((error: unknown) => {
        throw abort.signal.aborted ? error : away(); // the connection broke: a gateway that went, not a mistake of ours
      });
      if (done) return;
      parser.feed(value);
      const last = batch.findLast(message => message.id !== "");
      if (last) this.lastEventId = last.id;
      if (batch.length > 0) this.options.onMessages(batch);
      batch = [];
    }
  }

  private async inTime<T>(pending: Promise<T>, abort: AbortController): Promise<T> {
    const silence = setTimeout(() => {
      abort.abort();
    }, SILENCE_MS);
    try {
      return await pending;
    } finally {
      clearTimeout(silence);
    }
  }
}
