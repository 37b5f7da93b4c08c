/** One line of an upload: the frame of a batch, or why it is none. */
import { createHash } from "node:crypto";
import { batch, protocolVersion, type Acknowledgement, type Batch } from "@culprit/protocol";
import { z } from "zod";
import { readJson } from "./lines.ts";
import { cutSeriesList, standsIn } from "./series-lists.ts";

/** Of the text that lists a batch's series. `ids`, where they are known: then the batch's own list was not read. */
export type SeriesList = { digest: string; ids: readonly number[] | undefined };

export type BatchLine =
  | { kind: "batch"; batch: Batch; digest: string; seriesList: SeriesList | null }
  | { kind: "refused"; acknowledgement: Acknowledgement }
  /** Of another version than the hub's: to be sent again after an upgrade, so neither stored nor refused. */
  | { kind: "other-version"; version: number; detail: string };

/** What can be known of a line that is no batch, to name it in its acknowledgement. */
const rough = z.object({
  protocol: z.number().optional().catch(undefined),
  stream: z.string().max(40).catch(""),
  sequence: z.number().int().nonnegative().catch(0),
});

/** `idsOf`: ids of a list of series, by the digest of its text. */
export function readBatchLine(
  bytes: Buffer,
  index: number,
  idsOf: (digest: string) => readonly number[] | undefined,
): BatchLine {
  const read = readLine(bytes, idsOf);
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
    digest: digestOf(bytes),
    seriesList: read.seriesList,
  };
}

function readLine(
  bytes: Buffer,
  idsOf: (digest: string) => readonly number[] | undefined,
): { value: unknown; seriesList: SeriesList | null } | { error: string } {
  const cut = cutSeriesList(bytes);
  const rest = cut && readJson(cut.rest);
  if (rest && "value" in rest && standsIn(rest.value)) {
    const digest = digestOf(cut.list);
    const ids = idsOf(digest);
    if (ids) return { value: rest.value, seriesList: { digest, ids } };
    const list = readJson(cut.list);
    if ("value" in list) return { value: { ...rest.value, series: list.value }, seriesList: { digest, ids } };
  }
  const whole = readJson(bytes);
  return "error" in whole ? whole : { ...whole, seriesList: null };
}

const digestOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("base64url");

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
