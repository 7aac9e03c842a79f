/** The one way to the API: typed by its OpenAPI document, with the key, and with problems as errors. */

import createClient from "openapi-fetch";
import { API_ROOT } from "@/place";
import { key } from "./key";
import { ApiProblem, away, problemOf } from "./problem";
import type { paths } from "./schema";

export const client = createClient<paths>({ baseUrl: API_ROOT, fetch: fetchWithKey });

/** As `fetch`, with the key; what does not answer is a problem, and a 401 asks for the key. */
export async function fetchWithKey(request: Request): Promise<Response> {
  const used = key.get();
  if (used !== null) request.headers.set("Authorization", `Bearer ${used}`);
  let response: Response;
  try {
    response = await fetch(request);
  } catch (error) {
    if (request.signal.aborted || (error instanceof DOMException && error.name === "AbortError")) throw error;
    throw away();
  }
  if (response.status === 401) {
    const problem = problemOf(
      response,
      await response
        .clone()
        .json()
        .catch(() => null),
    );
    key.refuse(used === null ? "" : problem.detail, used);
  }
  return response;
}

/** A body of a request: what has a default may be left out, though the generated types name it as if it may not. */
export function body<T>(members: Partial<T>): T {
  return members as T;
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer.
 * @throws ApiProblem if it was not a success. */
export async function answered<T>(pending: Promise<Answer<T>>): Promise<T> {
  return (await answeredWith(pending)).data;
}

/** The same, with the headers, for lists that tell their length there. */
export async function answeredWith<T>(pending: Promise<Answer<T>>): Promise<{ data: T; headers: Headers }> {
  const { data, error, response } = await pending.catch((thrown: unknown) => {
    if (thrown instanceof SyntaxError) throw new ApiProblem("later", "The answer is not JSON", "", 0);
    throw thrown;
  });
  if (!response.ok) throw problemOf(response, error);
  if (data === undefined) throw new ApiProblem("later", "The answer is empty", "", response.status);
  return { data, headers: response.headers };
}
