/** Asks the hub to make the next token the machine's only one, until it is known what became of that. */
import { HubClient, ProblemError, UnreachableError, type HubFetch } from "@culprit/protocol";
import { z } from "zod";
import { Backoff } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import { pause } from "../pause.ts";

export type ConfirmOptions = { hub: string; fetch: HubFetch; clock: Clock; random: () => number };

/**
 * `confirmed`: it is the only one. `unknown-token`: the hub knows no such token, the one before goes on. `undecided`: stopped, or
 * refused for another reason; to be asked again at the next start.
 */
export type Confirmation = "confirmed" | "unknown-token" | "undecided";

export async function confirmToken(
  next: string,
  { hub, fetch, clock, random }: ConfirmOptions,
  signal: AbortSignal,
): Promise<Confirmation> {
  const client = new HubClient({ hub, token: next, fetch });
  const backoff = new Backoff({ firstSeconds: 1, mostSeconds: 30 }, random);
  while (!signal.aborted) {
    try {
      await client.request("POST", "/machine-token/confirm", z.undefined(), { signal });
      return "confirmed";
    } catch (error) {
      if (signal.aborted) break;
      if (error instanceof ProblemError && error.problem.code === "not-signed-in") return "unknown-token";
      const wait = mayRetry(error);
      if (wait === null) return "undecided";
      await pause(clock, backoff.next(wait), signal);
    }
  }
  return "undecided";
}

/** Seconds that the hub asks for, or null if trying again is useless. */
export function mayRetry(error: unknown): number | null {
  if (error instanceof UnreachableError) return 0;
  if (!(error instanceof ProblemError)) return null;
  const { status, retryAfterSeconds = 0, code } = error.problem;
  return status >= 500 || status === 429 || code === "not-a-hub" ? retryAfterSeconds : null;
}
