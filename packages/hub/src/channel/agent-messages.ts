/** What agents say on their channel, read: a message, another version's hello, a refusal as a problem. */
import {
  cleanOutput,
  fromAgent,
  ProblemError,
  readFinding,
  requestRefusal,
  type FromAgent,
  type ProblemCode,
  type RequestRefusalCode,
} from "@culprit/protocol";
import { z } from "zod";

/** Null of what the protocol does not know. */
export function readMessage(data: Buffer): FromAgent | null {
  try {
    return fromAgent.parse(JSON.parse(data.toString("utf8")));
  } catch {
    return null;
  }
}

const otherHello = z.object({ type: z.literal("hello"), protocol: z.number().int().min(0).max(1_000_000) });

/** Of a hello whose form may be another version's. */
export function versionOfHello(data: Buffer): number | null {
  try {
    return otherHello.parse(JSON.parse(data.toString("utf8"))).protocol;
  } catch {
    return null;
  }
}

const problemOfRefusal: Record<RequestRefusalCode, ProblemCode> = {
  "not-welcomed": "machine-refused",
  "other-machine": "machine-refused",
  expired: "machine-refused",
  replayed: "machine-refused",
  "unknown-request": "machine-refused",
  "bad-arguments": "machine-refused",
  "not-allowed": "not-allowed-there",
  busy: "machine-busy",
  failed: "machine-refused",
};

/** What the agent says of its refusal is shown to people: bounded by its schema, and cleaned. */
export function refused(result: unknown): ProblemError {
  const { data } = requestRefusal.safeParse(result);
  if (!data) return new ProblemError("machine-refused");
  // The hub asks for nothing that agents of its own version do not know.
  const unknown = data.code === "unknown-request";
  const detail = unknown
    ? "the machine's agent does not know this yet: upgrade it"
    : cleanOutput(data.detail);
  const finding = unknown ? { code: "request-unknown", values: {} } : readFinding(data.finding);
  return new ProblemError(problemOfRefusal[data.code], detail, finding ? { finding } : {});
}
