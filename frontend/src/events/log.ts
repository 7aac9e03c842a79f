/** What the page keeps of the stream: the last events, handed to React a few times a second however many come. */

import { fetchWithKey } from "@/api/client";
import { key } from "@/api/key";
import { API_ROOT } from "@/place";
import { EventStream, type StreamMessage, type StreamStatus } from "./stream";

/** An event as the page works with it. `seq` counts up, without gaps, over all that this page has seen. */
export interface LiveEvent {
  seq: number;
  id: string;
  kind: string;
  data: EventData;
}

/** Of `reset` only the first six. What a gateway of an earlier version does not tell is absent. */
export interface EventData {
  time_ms: number;
  episode_id: string;
  agent_id: string;
  task_id: string;
  level: string;
  partition: string;
  attempt_id?: string;
  step?: number;
  max_steps?: number;
  reward?: number;
  done?: boolean;
  solved?: boolean;
  tests_passed?: number;
  tests_total?: number;
  identical?: boolean;
  method?: string;
  outcome?: string;
  category?: string;
  complexity?: string;
  components?: Record<string, number | null>;
  group_id?: string | null;
  judge?: string;
}

/** A picture of the log that does not change. */
export interface LogView {
  /** Oldest first; at most KEPT. */
  events: readonly LiveEvent[];
  /** Of all that came, kept or not. */
  total: number;
  /** Some events were passed over, at the beginning or while the page was away. */
  skipped: boolean;
}

export const KEPT = 10_000;
const FLUSH_MS = 250;
/** How far back a request reaches, which is as far as the API goes. */
const REACH = 1_000;

const EMPTY: LogView = { events: [], total: 0, skipped: false };

/** The events of messages; what is not an event of the documented form is passed over. */
export function parsed(messages: readonly StreamMessage[], from: number): LiveEvent[] {
  const found: LiveEvent[] = [];
  for (const { id, kind, data } of messages) {
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      continue;
    }
    if (typeof value !== "object" || value === null || !("episode_id" in value)) continue;
    found.push({ seq: from + found.length, id, kind, data: value as EventData });
  }
  return found;
}

/** The last `KEPT` of both. */
export function kept(before: readonly LiveEvent[], more: readonly LiveEvent[]): LiveEvent[] {
  const over = before.length + more.length - KEPT;
  return over > 0 ? [...before.slice(over), ...more].slice(-KEPT) : [...before, ...more];
}

class EventLog {
  private view = EMPTY;
  private streamStatus: StreamStatus = { state: "closed" };
  private readonly listeners = new Set<() => void>();
  private arrived: StreamMessage[] = [];
  private flushing: ReturnType<typeof setTimeout> | undefined;
  private users = 0;
  private readonly stream = new EventStream({
    url: `${API_ROOT}/events?last=${REACH}`,
    fetch: fetchWithKey,
    onMessages: messages => {
      this.arrived.push(...messages);
      this.flushing ??= setTimeout(() => {
        this.flush();
      }, FLUSH_MS);
    },
    onStatus: status => {
      this.streamStatus = status;
      this.changed();
    },
  });

  constructor() {
    key.subscribe(() => {
      if (this.users > 0 && key.refusal() === null) this.stream.start();
    });
  }

  /** The stream is followed as long as anything on the page uses it. */
  readonly use = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    this.users += 1;
    if (this.users === 1) this.stream.start();
    return () => {
      this.listeners.delete(listener);
      this.users -= 1;
      if (this.users === 0) this.stream.stop();
    };
  };

  /** Only listens, without having the stream followed. */
  readonly watch = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): LogView => this.view;
  readonly status = (): StreamStatus => this.streamStatus;

  private flush(): void {
    this.flushing = undefined;
    const skipped = this.view.skipped || this.arrived.some(message => message.kind === "skipped");
    const more = parsed(this.arrived, this.view.total);
    this.arrived = [];
    this.view = { events: kept(this.view.events, more), total: this.view.total + more.length, skipped };
    this.changed();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

export const eventLog = new EventLog();
