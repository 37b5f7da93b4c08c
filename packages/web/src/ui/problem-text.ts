/** What went wrong, in the reader's language: the hub's codes map to the catalogue, its English detail stays secondary. */
import { ProblemError, UnreachableError, type ProblemCode } from "@culprit/protocol";
import { m } from "@culprit/messages";

const texts: Record<ProblemCode | "not-a-hub", () => string> = {
  "invalid-request": m.problem_invalid_request,
  "not-signed-in": m.problem_not_signed_in,
  "wrong-password": m.problem_wrong_password,
  forbidden: m.problem_forbidden,
  "cross-site": m.problem_cross_site,
  "not-found": m.problem_not_found,
  ambiguous: m.problem_ambiguous,
  conflict: m.problem_conflict,
  "sequence-conflict": m.problem_conflict,
  "sequence-gap": m.problem_conflict,
  "too-large": m.problem_too_large,
  "too-many-items": m.problem_too_large,
  "unsupported-media-type": m.problem_invalid_request,
  "limit-exceeded": m.problem_limit_exceeded,
  "too-many-requests": m.problem_too_many_requests,
  "protocol-version": m.problem_protocol_version,
  internal: m.problem_internal,
  "store-unavailable": m.problem_store_unavailable,
  overloaded: m.problem_overloaded,
  "duplicate-identity": m.problem_duplicate_identity,
  "machine-not-connected": m.problem_machine_not_connected,
  "machine-refused": m.problem_machine_refused,
  "machine-busy": m.problem_machine_busy,
  "not-allowed-there": m.problem_not_allowed_there,
  "no-answer": m.problem_no_answer,
  "not-a-hub": m.problem_not_a_hub,
};

export function problemText(error: unknown): string {
  if (error instanceof ProblemError) {
    const text = Object.entries(texts).find(([code]) => code === error.problem.code)?.[1];
    return text ? text() : m.problem_other({ status: error.problem.status });
  }
  return error instanceof UnreachableError ? m.problem_unreachable() : m.problem_page();
}

/** The fact behind it, as the hub or the browser put it. */
export function problemDetail(error: unknown): string | undefined {
  if (error instanceof ProblemError) return error.problem.detail;
  return error instanceof Error ? error.message : undefined;
}
