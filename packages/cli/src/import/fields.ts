/** Which column is what: said by `--map`, else guessed by the names that logs commonly use. */
import { m } from "@culprit/messages";
import { UsageError } from "../failures.ts";

/** What a column may be. `key` tells runs apart that are otherwise equal; `id` is taken over as the execution's id. */
export const fields = [
  "machine",
  "kind",
  "process",
  "step",
  "start",
  "end",
  "duration",
  "outcome",
  "exitCode",
  "user",
  "pid",
  "cpuSeconds",
  "maxRssBytes",
  "ioReadBytes",
  "ioWriteBytes",
  "key",
  "id",
  "parentId",
] as const;

export type Field = (typeof fields)[number];

/** Position of each field's column; `attributes` are columns that are kept beside. */
export type Mapping = { columns: ReadonlyMap<Field, number>; attributes: ReadonlyMap<string, number> };

/** In the order of trust, written as `fold` makes them. English, Portuguese and Spanish, and the original's own names. */
const synonyms: Partial<Record<Field, readonly string[]>> = {
  start: [
    ..."start started startedat starttime startts begin began begints begintime beginat dhinicio inicio".split(
      " ",
    ),
    ..."datainicio datahorainicio horainicio fechainicio horacomienzo timestart timestamp".split(" "),
  ],
  end: [
    ..."end ended endedat endtime endts finish finished finishedat finishtime stop stopped stoptime dhfim".split(
      " ",
    ),
    ..."fim datafim datahorafim horafim fin fechafin horafin timeend".split(" "),
  ],
  duration: "duration durationseconds elapsed elapsedtime runtime seconds duracao duracion tempo".split(" "),
  process:
    "process processname processpai idprocesspai processpaiid processid idprocess processo idprocesso processoid idprocessopai processopai nomeprocesso job jobname task taskname command script proceso trabalho name".split(
      " ",
    ),
  step: "step stepname stepid processfilho idprocessfilho processfilhoid idprocessofilho processofilho subprocess subprocesso filho etapa paso".split(
    " ",
  ),
  machine:
    "machine machinename machineid idmachine maquinaid idmaquina host hostname server servername maquina servidor node".split(
      " ",
    ),
  kind: ["kind", "tipo"],
  outcome: "outcome status result state resultado".split(" "),
  exitCode: "exitcode exitstatus exit returncode rc".split(" "),
  user: ["user", "username", "usuario"],
  pid: ["pid"],
  cpuSeconds: ["cpuseconds", "cputime"],
  maxRssBytes: ["maxrssbytes"],
  ioReadBytes: ["ioreadbytes"],
  ioWriteBytes: ["iowritebytes"],
  key: "key id uuid executionid runid rowid".split(" "),
};

const fold = (name: string): string =>
  name
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");
const unitSuffix =
  /(?:_|\b|(?<=[a-z]))(s|sec|secs|seconds|ms|millis|milliseconds|us|micros|microseconds|ns|nanos|min|minutes)$/i;

/** `start=begin_ts,end=...`; columns may also be given by their number from 1. A usage error names what is wrong. */
export function chooseFields(columns: readonly string[], said: string | undefined): Mapping {
  const chosen = new Map<Field, number>();
  const attributes = new Map<string, number>();
  for (const part of said?.split(",") ?? []) {
    const [field, column] = split(part.trim(), "=");
    const at = positionOf(columns, column);
    const attribute = /^attributes[.](.+)$/.exec(field)?.[1];
    if (attribute !== undefined) attributes.set(attribute, at);
    else if (isField(field)) chosen.set(field, at);
    else throw new UsageError(m.import_map_field({ field, fields: fields.join(", ") }));
  }
  guess(columns, chosen, new Set([...chosen.values(), ...attributes.values()]));
  return { columns: chosen, attributes };
}

/** By their names alone. */
export function guessFields(columns: readonly string[]): ReadonlyMap<Field, number> {
  const chosen = new Map<Field, number>();
  guess(columns, chosen, new Set());
  return chosen;
}

function guess(columns: readonly string[], chosen: Map<Field, number>, taken: Set<number>): void {
  const names = columns.map(fold);
  const bare = columns.map((column) => fold(column.replace(unitSuffix, "")));
  for (const field of fields) {
    if (chosen.has(field)) continue;
    for (const synonym of synonyms[field] ?? []) {
      let at = names.indexOf(synonym);
      if (at === -1 && field === "duration") at = bare.indexOf(synonym);
      if (at === -1 || taken.has(at)) continue;
      chosen.set(field, at);
      taken.add(at);
      break;
    }
  }
}

function isField(text: string): text is Field {
  return fields.some((field) => field === text);
}

function positionOf(columns: readonly string[], column: string): number {
  const byName = columns.indexOf(column);
  if (byName !== -1) return byName;
  const folded = columns.findIndex((one) => one.toLowerCase() === column.toLowerCase());
  if (folded !== -1) return folded;
  if (/^\d+$/.test(column) && Number(column) >= 1 && Number(column) <= columns.length)
    return Number(column) - 1;
  throw new UsageError(m.import_map_column({ column, columns: columns.join(", ") }));
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index === -1 ? [text, text] : [text.slice(0, index), text.slice(index + 1)];
}

const units = { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9, min: 60, h: 3600 } as const;
export type DurationUnit = keyof typeof units;
export const durationUnits = Object.keys(units) as readonly DurationUnit[];

export function secondsPer(unit: DurationUnit): number {
  return units[unit];
}

/** The unit in the end of a column's name, as in `elapsed_ms`; seconds without one. */
export function unitOf(column: string): DurationUnit {
  const suffix = unitSuffix.exec(column)?.[1]?.toLowerCase() ?? "s";
  if (suffix.startsWith("mil") || suffix === "ms") return "ms";
  if (suffix.startsWith("mic") || suffix === "us") return "us";
  if (suffix.startsWith("n")) return "ns";
  return suffix.startsWith("min") ? "min" : "s";
}
