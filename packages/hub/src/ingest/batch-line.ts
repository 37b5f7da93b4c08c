/** One line of an upload: the frame of a batch, or why it is none. */
import { createHash } from "node:crypto";
import { batch, protocolVersion, type Acknowledgement, type Batch } from "@culprit/protocol";
import { z } from "zod";
import { readJson } from "./lines.ts";

export type BatchLine =
  | { kind: "batch"; batch: Batch; digest: string }
  | { kind: "refused"; acknowledgement: Acknowledgement }
  /** Of another version than the hub's: to be sent again after an upgrade, so neither stored nor refused. */
  | { kind: "other-version"; version: number; detail: string };

/** What can be known of a line that is no batch, to name it in its acknowledgement. */
const rough = z.object({
  protocol: z.number().optional().catch(undefined),
  stream: z.string().max(40).catch(""),
  sequence: z.number().int().nonnegative().catch(0),
});

export function readBatchLine(bytes: Buffer, index: number): BatchLine {
  const read = readJson(bytes);
  if ("error" in read) return refuse(index, undefined, read.error);
  const about = rough.safeParse(read.value).data;
  if (about?.protocol !== undefined && about.protocol !== protocolVersion) {
    const older = about.protocol < protocolVersion ? "agent" : "hub";
    const detail = `the agent speaks version ${about.protocol}, the hub ${protocolVersion}: upgrade the ${older}`;
    return { kind: "other-version", version: about.protocol, detail };
  }
  const parsed = batch.safeParse(read.value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse(index, about, `${issue?.path.join(".")}: ${issue?.message}`);
  }
  return {
    kind: "batch",
    batch: parsed.data,
    digest: createHash("sha256").update(bytes).digest("base64url"),
  };
}

/** Without a readable stream the line's position, in `rejected`, is all that names it. */
function refuse(index: number, about: z.infer<typeof rough> | undefined, reason: string): BatchLine {
  const detail = `line ${index + 1} of the upload is no batch: ${reason}`;
  return {
    kind: "refused",
    acknowledgement: {
      stream: about?.stream ?? "",
      sequence: about?.sequence ?? 0,
      status: "refused",
      rows: 0,
      rejected: [{ part: "batch", index, code: "invalid-request", detail }],
      code: "invalid-request",
      detail,
    },
  };
}
