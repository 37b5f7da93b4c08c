/**
 * `savelog.php`, the execution log in PHP: one call at the end of a run, with local times. The old one's answer is not
 * known, and its clients don't read it; they get what `POST /api/v1/executions` answers.
 */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import {
  cleanName,
  formatInstant,
  microsPerSecond,
  parseInstant,
  parseLocalSpan,
  ProblemError,
  type ExecutionFlag,
  type ExecutionInput,
  type Micros,
} from "@culprit/protocol";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { fold } from "../executions/catalogue.ts";
import type { Hub } from "../context.ts";
import { toldZone } from "../fleet/zone.ts";
import { readJson } from "../ingest/lines.ts";
import { decodedBody } from "../ingest/request-body.ts";
import { publicId } from "../public-ids.ts";
import type { Routes } from "../routes/policy.ts";
import type { MachineRow } from "../store/store.ts";
import { admit } from "./admit.ts";

export const savelog: Routes = async (app, { hub }) => {
  // Whatever the header says: curl in PHP calls its JSON a form.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request: FastifyRequest, payload: IncomingMessage) =>
    decodedBody(hub, request, payload),
  );

  for (const path of ["/savelog.php", "/index.php", "/"])
    app.post(path, { config: { policy: "oldClient" }, schema: { hide: true } }, (request) => {
      const fn = queryForm.safeParse(request.query).data?.fn;
      if (path !== "/savelog.php" && fn !== "savelog") throw new ProblemError("not-found");
      return record(hub, request);
    });
};

const queryForm = z.object({ fn: z.string() });
const empty = z.literal("").transform(() => undefined);
const machineForm = z.object({
  machine_id: z.union([
    z.number().int(),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
  ]),
  machine_pass: z.string().max(200).nullish(),
});
const runForm = z.object({
  process_pai: z.string().trim().min(1),
  process_filho: z.union([empty, z.string()]).nullish(),
  dhinicio: z.string().trim().max(40),
  dhfim: z.string().trim().max(40),
  tipo: z
    .union([
      empty,
      z
        .string()
        .toLowerCase()
        .pipe(z.enum(["cron", "web"])),
    ])
    .nullish(),
});

/** First the machine's number and password, then the run. */
async function record(hub: Hub, request: FastifyRequest) {
  const fields = fieldsOf(request.body);
  const { machine_id: number, machine_pass: password } = parse(machineForm, fields);
  const caller = await admit(hub, request, "recording", password ?? undefined);
  hub.recordings.take(caller);
  const { machineId: own } = caller;
  const machine = hub.fleet.get(number);
  // Another machine's number, and one that no machine has, look the same.
  if (!machine || (own !== null && own !== number)) throw new ProblemError("not-signed-in");
  const clock = clockOf(hub, machine);
  return hub.direct.record([{ value: executionOf(number, clock, parse(runForm, fields)) }], own);
}

/** `receivedAt` where the zone is only the hub's own: then when the call came is all there is to check it by. */
type OldClock = { zone: string; receivedAt: Micros | null };

function clockOf({ settings, clock }: Hub, machine: MachineRow): OldClock {
  const told = toldZone(machine);
  if (told !== undefined) return { zone: told, receivedAt: null };
  const { timeZone } = settings.legacy;
  if (timeZone !== undefined) return { zone: timeZone, receivedAt: null };
  return { zone: Intl.DateTimeFormat().resolvedOptions().timeZone, receivedAt: clock.now() };
}

/** The call comes at the end of its run; zones differ by at least as much. */
const soonAfter: Micros = 15 * 60 * microsPerSecond;

function executionOf(
  machineId: number,
  { zone, receivedAt }: OldClock,
  run: z.output<typeof runForm>,
): ExecutionInput {
  const { dhinicio, dhfim } = run;
  const span = parseLocalSpan(dhinicio, dhfim, zone);
  if (!span)
    throw new ProblemError("invalid-request", "dhinicio, dhfim: not both YYYY-MM-DD HH:MM:SS[.ffffff]");
  const process = cleanName(run.process_pai);
  const step = run.process_filho?.trim() ? cleanName(run.process_filho) : null;
  const kind = run.tipo ?? "cron";
  const flags: ExecutionFlag[] = [];
  if (process.cleaned || step?.cleaned) flags.push("name-cleaned");
  if (span.ambiguous) flags.push("ambiguous-time");
  const isGuessed = receivedAt !== null && parseInstant(dhfim) === null;
  if (isGuessed && Math.abs(span.endedAt - receivedAt) > soonAfter) flags.push("clock-skew");
  return {
    id: idOf([kind, fold(process.name), fold(step?.name ?? ""), dhinicio, dhfim]),
    machine: publicId("m", machineId),
    kind,
    process: process.name,
    ...(step ? { step: step.name } : {}),
    startedAt: formatInstant(span.startedAt),
    endedAt: formatInstant(span.endedAt),
    flags,
  };
}

/** The old client gives none: a call that is repeated word for word is the same run. */
function idOf(parts: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
  return `savelog-${digest.slice(0, 22)}`;
}

const object = z.record(z.string(), z.unknown());

/** JSON, or a form as PHP builds it; flat or wrapped in `dados_json`, which a form may hold as JSON. */
function fieldsOf(body: unknown): Record<string, unknown> {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const fields = parse(object, isForm(bytes) ? formFields(bytes) : json(bytes));
  const wrapped = fields["dados_json"];
  if (wrapped === undefined) return fields;
  return parse(object, typeof wrapped === "string" ? json(Buffer.from(wrapped)) : wrapped);
}

const isForm = (bytes: Buffer): boolean => /^[\w[\]%]+=/.test(bytes.toString("latin1", 0, 100));

function formFields(bytes: Buffer): Record<string, string> {
  const pairs = [...new URLSearchParams(bytes.toString("utf8"))];
  return Object.fromEntries(pairs.map(([key, value]) => [key.replace(/^dados_json\[(\w+)\]$/, "$1"), value]));
}

function json(bytes: Buffer): unknown {
  const read = readJson(bytes);
  if ("error" in read) throw new ProblemError("invalid-request", `the body is ${read.error}`);
  return read.value;
}

function parse<T>(form: z.ZodType<T>, value: unknown): T {
  const parsed = form.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ProblemError("invalid-request", `${issue?.path.join(".") || "the body"}: ${issue?.message}`);
}
