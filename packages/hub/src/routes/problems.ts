/** Every error that leaves the hub is an RFC 9457 problem with a code of the closed list. */
import { findingText } from "@culprit/messages/finding-text";
import { ProblemError, type Problem, type ProblemCode, type ProblemItem } from "@culprit/protocol";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { localeOf } from "../answers/why-text.ts";
import { StoreUnavailableError } from "../store/store-error.ts";

/** Errors that Fastify itself raises, by its code or else by status. */
const raisedByFastify: Record<string, ProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "too-large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported-media-type",
};

export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = problemOf(error);
    // A caller that was put off, or left before its request had come, is no error of the hub.
    if (request.raw.readableAborted) request.log.info("a caller left before its request had come");
    else if (problem.code === "overloaded") request.log.info({ detail: problem.detail }, problem.title);
    else if (problem.status >= 500) request.log.error({ err: error }, problem.title);
    return sendProblem(reply, saidInLanguage(problem, error, request));
  });
}

/** What a machine said of its refusal. */
function saidInLanguage(problem: Problem, error: FastifyError, { headers }: FastifyRequest): Problem {
  if (!(error instanceof ProblemError) || !error.finding) return problem;
  const detail = findingText(error.finding, localeOf(headers["accept-language"]));
  return detail === null ? problem : { ...problem, detail };
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfterSeconds !== undefined) reply.header("retry-after", problem.retryAfterSeconds);
  const { headers, raw } = reply.request;
  // A socket that asked for an upgrade has left the server's own care: no timeout would ever close it.
  if (headers.upgrade !== undefined) reply.raw.once("finish", () => raw.socket.end());
  // Serialised here: the schema of the route describes its good answer only.
  return reply
    .code(problem.status)
    .header("cache-control", "no-store")
    .type("application/problem+json")
    .serializer((text: string) => text)
    .send(JSON.stringify(problem));
}

export function problemOf(error: FastifyError): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof StoreUnavailableError)
    return new ProblemError("store-unavailable", undefined, { retryAfterSeconds: 10 }).problem;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const items = error.validation.map((issue) => badItem(issue.instancePath, issue.message ?? "not valid"));
    return new ProblemError("invalid-request", summary(error.validationContext, items), { items }).problem;
  }
  const code =
    raisedByFastify[error.code] ??
    (error.statusCode && error.statusCode < 500 ? "invalid-request" : "internal");
  // What went wrong inside is for the log alone.
  return new ProblemError(code, code === "internal" ? undefined : error.message).problem;
}

/** `/3/startedAt` of a list is item 3, path `/startedAt`. */
export function badItem(pointer: string, detail: string): ProblemItem {
  const inList = /^\/(\d+)(\/.*)?$/.exec(pointer);
  return inList
    ? { index: Number(inList[1]), path: inList[2] ?? "", detail }
    : { index: 0, path: pointer, detail };
}

function summary(where: string | undefined, items: ProblemItem[]): string {
  const first = items[0];
  const more = items.length > 1 ? ` (and ${items.length - 1} more)` : "";
  return `${where ?? "request"}${first ? `${first.path}: ${first.detail}` : " is not valid"}${more}`;
}
