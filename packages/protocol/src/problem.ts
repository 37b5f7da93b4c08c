/** Errors as RFC 9457 problems with a stable code. Every error that leaves the hub is one of these. */
import { z } from "zod";
import type { Finding } from "./finding.ts";

/** code -> [HTTP status, title]. */
export const problemCodes = {
  "invalid-request": [400, "The request is not valid"],
  "not-signed-in": [401, "Sign in or send a valid token"],
  "wrong-password": [401, "User or password is wrong"],
  "not-allowed-there": [403, "The machine's own file does not allow that"],
  forbidden: [403, "This token or user may not do that"],
  "cross-site": [403, "A page of another site sent this request"],
  "not-found": [404, "There is no such thing, or it is not yours to see"],
  ambiguous: [409, "Several things carry this id: say which"],
  conflict: [409, "It is already there, with another content"],
  "sequence-conflict": [409, "This sequence number was already used for another batch"],
  "protocol-version": [409, "Agent and hub speak different versions of the protocol: upgrade the older"],
  "sequence-gap": [409, "Batches are missing before this one"],
  "duplicate-identity": [409, "Another agent speaks with this machine's token"],
  "machine-not-connected": [409, "The machine has no open channel to this hub"],
  "machine-refused": [409, "The machine refused the request"],
  "machine-busy": [409, "The machine is already doing that, or too much else"],
  "too-large": [413, "The request is larger than the limit"],
  "too-many-items": [413, "The list holds more items than the limit"],
  "unsupported-media-type": [415, "This content type or encoding is not understood"],
  "limit-exceeded": [422, "A configured limit would be exceeded"],
  "too-many-requests": [429, "Too many requests"],
  internal: [500, "The hub made an error; its log says more"],
  "store-unavailable": [503, "The store can't be read or written now; nothing was stored"],
  overloaded: [503, "The hub is busy; try again later"],
  "no-answer": [504, "The machine did not answer; whether it did what was asked is not known"],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof problemCodes;

export const problemItem = z.object({
  index: z.number().int().meta({ description: "position of the bad item in the list that was sent, from 0" }),
  path: z.string(),
  detail: z.string(),
});

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string().optional(),
    items: z.array(problemItem).optional(),
    limit: z.number().optional(),
    retryAfterSeconds: z.number().optional(),
  })
  .meta({ id: "Problem" });

export type Problem = z.infer<typeof problem>;
export type ProblemItem = z.infer<typeof problemItem>;

/** The error that rooms of the hub throw and that the client throws on receiving one. */
export class ProblemError extends Error {
  readonly problem: Problem;
  /** The detail as a code with values, where there is one, for whoever answers in the caller's language. */
  readonly finding: Finding | undefined;

  constructor(
    code: ProblemCode,
    detail?: string,
    { finding, ...more }: Pick<Problem, "items" | "limit" | "retryAfterSeconds"> & { finding?: Finding } = {},
  ) {
    const [status, title] = problemCodes[code];
    super(detail ?? title);
    this.name = "ProblemError";
    this.finding = finding;
    this.problem = {
      type: `urn:culprit:problem:${code}`,
      title,
      status,
      code,
      ...(detail === undefined ? {} : { detail }),
      ...more,
    };
  }

  /** The same error on the receiving side of a connection. */
  static received(received: Problem): ProblemError {
    const error = new ProblemError("internal");
    error.message = received.detail ?? received.title;
    Object.assign(error.problem, { detail: undefined }, received);
    return error;
  }
}
