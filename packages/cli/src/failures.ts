/** How a command says that it can't: what happened, what to do, and with which exit status. */
import { ProblemError, UnreachableError } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { CommanderError } from "commander";
import { ZodError } from "zod";

/** The command was called wrongly: exit status 2. */
export class UsageError extends Error {}

/** It was called rightly and can't: exit status 1. `fix` says what to do. */
export class Failure extends Error {
  readonly fix: string | undefined;
  constructor(message: string, fix?: string) {
    super(message);
    this.fix = fix;
  }
}

export type Report = { status: number; text: string; fix?: string };

/** What a person is told of an error. Errors of the program itself keep their stack. */
export function describeFailure(error: unknown): Report {
  // Commander has already written its own text.
  if (error instanceof CommanderError) return { status: error.exitCode === 0 ? 0 : 2, text: "" };
  if (error instanceof UsageError) return { status: 2, text: error.message };
  if (error instanceof Failure) return report(error.message, error.fix);
  if (error instanceof UnreachableError) return report(unreachableText(error), fixOfUnreachable(error));
  if (error instanceof ProblemError) return describeProblem(error);
  if (error instanceof ZodError) return report(m.cmd_answer_not_understood(), m.cmd_fix_versions());
  return report(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function report(text: string, fix?: string): Report {
  return { status: 1, text, ...(fix === undefined ? {} : { fix }) };
}

function describeProblem({ problem, message }: ProblemError): Report {
  // The message itself tells of one.
  const several = (problem.items ?? []).length > 1 ? problem.items! : [];
  const items = several.slice(0, 5).map(({ index, path, detail }) => `\n  [${index}] ${path}: ${detail}`);
  const text = message + items.join("");
  switch (problem.code) {
    case "not-signed-in":
      return report(m.cmd_token_refused(), m.cmd_fix_token());
    case "forbidden":
      return report(text, m.cmd_fix_role());
    case "not-a-hub":
      return report(text, m.cmd_fix_not_a_hub());
    case "ambiguous":
      return report(text, m.cmd_fix_ambiguous());
    default:
      return report(text);
  }
}

/** fetch buries the system's error code in a chain of causes. */
export function codeOf(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ("code" in each && typeof each.code === "string") return each.code;
  }
  return undefined;
}

const certificateCodes = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);

export const unreachableText = ({ hub, detail }: UnreachableError): string =>
  m.cmd_unreachable({ hub, detail });

export function fixOfUnreachable(error: unknown): string {
  const code = codeOf(error) ?? "";
  if (certificateCodes.has(code)) return m.cmd_fix_certificate_unknown();
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") return m.cmd_fix_certificate_time();
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return m.cmd_fix_certificate_name();
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG")
    return m.cmd_fix_plain_http();
  if (code === "HPE_INVALID_CONSTANT" || code === "UND_ERR_SOCKET" || code === "ECONNRESET")
    return m.cmd_fix_tls_expected();
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return m.cmd_fix_name_unknown();
  return m.cmd_fix_hub_not_running();
}
