import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  EventStream,
  LONGEST_WAIT_MS,
  SILENCE_MS,
  waitMs,
  type StreamMessage,
  type StreamStatus,
} from "./stream";

/** A server whose answers are written by hand. */
class Server {
  readonly requests: Request[] = [];
  private writer: ReadableStreamDefaultController<Uint8Array> | null = null;
  next: () => Response | Promise<Response> = () => this.open();

  readonly fetch = async (request: Request): Promise<Response> => {
    this.requests.push(request);
    return this.next();
  };

  open(): Response {
    const body = new ReadableStream<Uint8Array>({ start: controller => void (this.writer = controller) });
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  }

  write(text: string): void {
    this.writer?.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this.writer?.close();
  }

  /** As when the gateway is killed in the middle of its answer. */
  break(): void {
    this.writer?.error(new TypeError("network error"));
  }
}

function problem(status: number, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ title: "t", detail: "d", status }), { status, headers });
}

describe("EventStream", () => {
  let server: Server;
  let messages: StreamMessage[];
  let statuses: StreamStatus[];
  let stream: EventStream;

  beforeEach(() => {
    vi.useFakeTimers();
    server = new Server();
    messages = [];
    statuses = [];
    stream = new EventStream({
      url: "http://gateway/events",
      fetch: server.fetch,
      onMessages: batch => messages.push(...batch),
      onStatus: status => statuses.push(status),
      random: () => 0.999,
    });
  });
  afterEach(() => {
    stream.stop();
    vi.useRealTimers();
  });

  const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1);
  const state = (): string | undefined => statuses.at(-1)?.state;

  test("asks again where the connection broke in the middle of an answer", async () => {
    stream.start();
    await settled();
    server.write("id: 7-0\nevent: step\ndata: {}\n\n");
    await settled();
    server.break();
    await settled();
    expect(state()).toBe("waiting");
    await vi.advanceTimersByTimeAsync(LONGEST_WAIT_MS);
    expect(server.requests.at(-1)?.headers.get("Last-Event-ID")).toBe("7-0");
  });

  test("hands over events with their ids, however the bytes are cut", async () => {
    stream.start();
    await settled();
    server.write("id: 7-0\nevent: step\nda");
    await settled();
    expect(messages).toEqual([]);
    server.write('ta: {"a":1}\n\n: nothing new\n\n');
    await settled();
    expect(messages).toEqual([{ id: "7-0", kind: "step", data: '{"a":1}' }]);
    expect(state()).toBe("open");
  });

  test("comes back after the end of an answer, with the id of the last event", async () => {
    stream.start();
    await settled();
    expect(server.requests[0]?.headers.get("Last-Event-ID")).toBeNull();
    server.write("id: 9-1\nevent: step\ndata: {}\n\n");
    await settled();
    server.end();
    await settled();
    expect(state()).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]?.headers.get("Last-Event-ID")).toBe("9-1");
  });

  test("waits longer after each failure, never longer than the longest wait, and starts over after a success", async () => {
    server.next = () => Promise.reject(new TypeError("refused"));
    server.next = () => problem(503);
    stream.start();
    await settled();
    for (let tries = 1; tries < 8; tries++) {
      const waiting = statuses.at(-1);
      if (waiting?.state !== "waiting") throw new Error(`is ${waiting?.state}`);
      expect(waiting.retryAtMs - Date.now()).toBeLessThanOrEqual(LONGEST_WAIT_MS);
      await vi.advanceTimersByTimeAsync(waiting.retryAtMs - Date.now());
    }
    expect(server.requests).toHaveLength(8);
    server.next = () => server.open();
    await vi.advanceTimersByTimeAsync(LONGEST_WAIT_MS);
    expect(state()).toBe("open");
    server.end();
    await settled();
    const again = statuses.at(-1);
    expect(again?.state === "waiting" && again.retryAtMs - Date.now()).toBeLessThanOrEqual(500);
  });

  test("asks no sooner than Retry-After says", async () => {
    server.next = () => problem(503, { "Retry-After": "20" });
    stream.start();
    await settled();
    await vi.advanceTimersByTimeAsync(19_000);
    expect(server.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(server.requests).toHaveLength(2);
  });

  test("does not go on asking without the key that is needed, and begins at once with a new one", async () => {
    server.next = () => problem(401);
    stream.start();
    await settled();
    expect(state()).toBe("refused");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.requests).toHaveLength(1);
    server.next = () => server.open();
    stream.start();
    await settled();
    expect(state()).toBe("open");
  });

  test("takes silence for a dead connection", async () => {
    server.next = () => {
      const response = server.open();
      const { signal } = server.requests.at(-1) ?? {};
      signal?.addEventListener("abort", () => {
        try {
          server.end();
        } catch {
          // closed already
        }
      });
      return response;
    };
    stream.start();
    await settled();
    await vi.advanceTimersByTimeAsync(SILENCE_MS + 1);
    expect(state()).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.requests).toHaveLength(2);
  });

  test("asks nothing more once it is stopped", async () => {
    stream.start();
    await settled();
    server.end();
    await settled();
    stream.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.requests).toHaveLength(1);
    expect(state()).toBe("closed");
  });
});

test("waits double, are spread, and are bounded", () => {
  expect(waitMs(1, 0)).toBe(250);
  expect(waitMs(1, 1)).toBe(500);
  expect(waitMs(3, 1)).toBe(2000);
  expect(waitMs(40, 1)).toBe(LONGEST_WAIT_MS);
});
