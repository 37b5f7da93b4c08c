/** What recorders left in an intake folder, read as the agent reads it. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ExecutionInput } from "@culprit/protocol";
import { parseIntakeName } from "../intake/file-names.ts";
import { parseIntake, type RawRun } from "../intake/format.ts";
import { readIntakeFile } from "../intake/read-file.ts";
import { readRun, type RunFile } from "../intake/read-run.ts";

type Files = { start?: RunFile; end?: RunFile };

export function parseFile(path: string) {
  const file = readIntakeFile(path);
  if (!("bytes" in file)) throw new Error(`${path} is no intake file`);
  return { ...parseIntake(file.bytes), modifiedAt: file.modifiedAt, owner: file.owner };
}

async function filesOf(folder: string): Promise<Map<string, Files>> {
  const runs = new Map<string, Files>();
  for (const name of await readdir(folder)) {
    const { key, part } = parseIntakeName(name)!;
    const file = parseFile(join(folder, name));
    if (!("run" in file)) throw new Error(`${name} is not whole`);
    runs.set(key, { ...runs.get(key), [part]: file });
  }
  return runs;
}

/** Fields as they were written, by key. */
export async function rawRecords(folder: string): Promise<Map<string, RawRun>> {
  const files = await filesOf(folder);
  return new Map([...files].map(([key, { start, end }]) => [key, { ...start?.run, ...end?.run }]));
}

export async function rawRecord(folder: string): Promise<RawRun> {
  const [record, ...others] = [...(await rawRecords(folder)).values()];
  if (!record || others.length > 0) throw new Error(`${others.length + (record ? 1 : 0)} runs in ${folder}`);
  return record;
}

/** The one run that is there and has ended. */
export async function recorded(folder: string): Promise<ExecutionInput> {
  const [[key, { start, end }]] = [...(await filesOf(folder))] as [[string, Required<Files>]];
  const read = readRun(key, start, end, "user");
  if ("error" in read) throw new Error(read.error);
  return read.execution;
}
