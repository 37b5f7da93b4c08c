/** One JSON object a line. Columns are the keys of the first lines; a value that is an object stays JSON. */
import { m } from "@culprit/messages";
import { UsageError } from "../../failures.ts";
import { Input } from "../input.ts";
import type { SourceKind } from "../kind.ts";
import { linesOf } from "../lines.ts";
import { readObject } from "../read-object.ts";
import type { Cell, Source, SourceRow } from "../row.ts";

export const ndjson: SourceKind = {
  name: "ndjson",
  place: "<file|->",
  description: "one JSON object a line, plain or gzip",
  usualKind: "job",
  configure: (command) => command,
  open: (place, { map = "" }, { folder }) =>
    openNdjson(
      place,
      folder,
      map.split(",").flatMap((part) => /=(.+)$/.exec(part.trim())?.[1] ?? []),
    ),
};

/** `mapped`: columns that the mapping names, which may come late in the file. */
async function openNdjson(path: string, folder: string, mapped: readonly string[]): Promise<Source> {
  const input = await Input.open(path, folder);
  const columns = columnsOf(input.head, mapped);
  if (columns.length === 0) throw new UsageError(m.import_empty());
  return {
    columns,
    notes: [],
    async *rows() {
      for await (const lines of linesOf(input.chunks()))
        yield lines
          .filter(({ text }) => text.trim() !== "")
          .map(({ line, text }) => rowOf(line, text, columns));
    },
    share: () => input.share(),
    fingerprint: path === "-" ? null : input.fingerprint,
    close: () => input.close(),
  };
}

function columnsOf(head: Buffer, mapped: readonly string[]): string[] {
  const columns = new Set<string>();
  for (const line of head
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .split("\n")
    .slice(0, 1000)) {
    const object = readObject(line);
    if (object) for (const key of Object.keys(object)) if (columns.size < 1000) columns.add(key);
  }
  if (columns.size > 0) for (const name of mapped) columns.add(name);
  return [...columns];
}

function rowOf(line: number, text: string, columns: readonly string[]): SourceRow {
  const object = readObject(text);
  if (!object) return { line, fault: { reason: "unreadable", detail: "JSON" }, text: text.slice(0, 1000) };
  return { line, cells: columns.map((column) => cellOf(object[column])) };
}

function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}
