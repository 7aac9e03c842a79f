/** Why there is no answer, in a form that pages can show and retry. */

/**
 * - `caller`: the request cannot be served as it is; sending it again does not help.
 * - `key`: an API key is needed.
 * - `later`: the gateway refused or failed, and the same request may be sent again (429, 503).
 * - `away`: nothing answered at all.
 */
export type ProblemKind = "caller" | "key" | "later" | "away";

export class ApiProblem extends Error {
  override readonly name = "ApiProblem";

  constructor(
    readonly kind: ProblemKind,
    readonly title: string,
    /** One sentence for people. */
    readonly detail: string,
    readonly status: number,
    /** When the same may be sent again, in ms since the epoch; null: not said. */
    readonly retryAtMs: number | null = null,
    readonly requestId: string | null = null,
  ) {
    super(detail ? `${title}: ${detail}` : title);
  }
}

function field(body: unknown, name: string): string | null {
  if (typeof body !== "object" || body === null) return null;
  const value = (body as Record<string, unknown>)[name];
  return typeof value === "string" && value !== "" ? value : null;
}

/** Seconds of a Retry-After header, which is a number or a date; null: neither. */
export function retryAfterS(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, (date - nowMs) / 1000);
}

export function problemOf(response: Response, body: unknown, nowMs = Date.now()): ApiProblem {
  const { status } = response;
  const after = retryAfterS(response.headers.get("Retry-After"), nowMs);
  const retryAtMs = after === null ? null : nowMs + after * 1000;
  const kind = status === 401 ? "key" : status === 429 || status >= 500 ? "later" : "caller";
  return new ApiProblem(
    kind,
    field(body, "title") ?? `The gateway answered ${status}`,
    field(body, "detail") ?? "",
    status,
    retryAtMs,
    field(body, "request_id") ?? response.headers.get("X-Request-ID"),
  );
}

export function away(): ApiProblem {
  return new ApiProblem(
    "away",
    "The gateway does not answer",
    "It may be restarting, or the network is down.",
    0,
  );
}

/** Whatever was thrown, as a problem; an abort is none and is thrown on. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof DOMException && error.name === "AbortError") throw error;
  return new ApiProblem(
    "caller",
    "Something in this page failed",
    error instanceof Error ? error.message : "",
    0,
  );
}
