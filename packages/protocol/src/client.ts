/** The one HTTP client of the hub's API: agent, command line and dashboard use it. */
import { z } from "zod";
import { problem, ProblemError } from "./problem.ts";

/** What the client uses of `fetch`. */
export type HubFetch = (
  url: string,
  request: {
    method: string;
    headers: Record<string, string>;
    body: string | Uint8Array<ArrayBuffer> | null;
    signal: AbortSignal;
  },
) => Promise<HubResponse>;

type HubResponse = {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
};

export type HubClientOptions = {
  /** The hub's address, e.g. `https://hub.example:4777`; empty in a browser, where requests go to the page's own host. */
  hub: string;
  /** Asked for each request where it may change meanwhile. */
  token?: string | (() => string);
  /** Sent with every request. */
  headers?: Record<string, string>;
  /** Defaults to the global fetch; tests and TLS settings inject another. */
  fetch?: HubFetch;
  timeoutSeconds?: number;
};

export type QueryValue = string | number | boolean | undefined;

type RequestOptions = {
  query?: Record<string, QueryValue | readonly string[]>;
  json?: unknown;
  /** A body that is ready as it is, with its headers. */
  body?: { bytes: Uint8Array<ArrayBuffer>; type: string; encoding?: string };
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Instead of the client's own, for what is known to take long. */
  timeoutSeconds?: number;
};

/** The hub could not be reached or did not answer in time; worth another try. */
export class UnreachableError extends Error {
  readonly hub: string;
  /** Of the system, or of a program of others. */
  readonly detail: string;

  constructor(hub: string, cause: unknown) {
    const detail = describe(cause);
    super(`can't reach the hub at ${hub || "this address"}: ${detail}`, { cause });
    this.name = "UnreachableError";
    this.hub = hub;
    this.detail = detail;
  }
}

export class HubClient {
  readonly #options: HubClientOptions;

  constructor(options: HubClientOptions) {
    this.#options = { ...options, hub: options.hub.replace(/\/+$/, "") };
  }

  /** Answers what `answer` describes; throws ProblemError for what the hub refuses, UnreachableError otherwise. */
  async request<T extends z.ZodType>(
    method: string,
    path: string,
    answer: T,
    options: RequestOptions = {},
  ): Promise<z.infer<T>> {
    const { response, text } = await this.#send(method, path, options);
    const json = readJson(text);
    if (!response.ok || (json === undefined && text !== "")) throw asProblem(response, json);
    return answer.parse(json);
  }

  get<T extends z.ZodType>(
    path: string,
    answer: T,
    query: RequestOptions["query"] = {},
    signal?: AbortSignal,
  ) {
    return this.request("GET", path, answer, { query, ...(signal ? { signal } : {}) });
  }

  post<T extends z.ZodType>(path: string, answer: T, json: unknown, timeoutSeconds?: number) {
    return this.request("POST", path, answer, {
      json,
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    });
  }

  async #send(
    method: string,
    path: string,
    { query = {}, json, body, signal, headers: more = {}, ...given }: RequestOptions,
  ): Promise<{ response: HubResponse; text: string }> {
    const { hub } = this.#options;
    const held = this.#options.token;
    // A token pasted from a terminal often carries a line break.
    const token = (typeof held === "function" ? held() : held)?.replace(/\s+/g, "");
    const timeoutSeconds = given.timeoutSeconds ?? this.#options.timeoutSeconds ?? 30;
    const headers: Record<string, string> = { accept: "application/json", ...this.#options.headers, ...more };
    if (token) headers["authorization"] = `Bearer ${token}`;
    if (json !== undefined) headers["content-type"] = "application/json";
    if (body) headers["content-type"] = body.type;
    if (body?.encoding) headers["content-encoding"] = body.encoding;
    const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
    try {
      const send: HubFetch = this.#options.fetch ?? fetch;
      const response = await send(`${hub}/api/v1${path}${queryString(query)}`, {
        method,
        headers,
        body: body ? body.bytes : json === undefined ? null : JSON.stringify(json),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      return { response, text: await response.text() };
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new UnreachableError(hub, error);
    }
  }
}

function queryString(query: Record<string, QueryValue | readonly string[]>): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(key, String(one));
  }
  const text = parameters.toString();
  return text && `?${text}`;
}

/** Undefined if it is empty or no JSON: a proxy in between answers in HTML, also with status 200. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asProblem(response: HubResponse, json: unknown): ProblemError {
  const retryAfterSeconds = Number(response.headers.get("retry-after")) || undefined;
  const parsed = problem.safeParse(json);
  const fallback = {
    type: "about:blank",
    title: `The hub, or a proxy before it, answered ${response.status}`,
    status: response.status,
    code: "not-a-hub",
  };
  return ProblemError.received({
    ...(parsed.success ? parsed.data : fallback),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** fetch hides the reason in `cause`, OpenSSL its words in `reason` among numbers and paths. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("reason" in error && typeof error.reason === "string" && error.message.includes(":error:"))
    return `TLS: ${error.reason}`;
  return error.cause instanceof Error ? describe(error.cause) : error.message || error.name;
}
