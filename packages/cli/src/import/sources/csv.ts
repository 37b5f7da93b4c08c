/** Comma-separated values and their kin. The delimiter and whether there is a header are seen from the first line. */
import { m } from "@culprit/messages";
import { parse, type CsvError } from "csv-parse";
import { UsageError } from "../../failures.ts";
import { Input } from "../input.ts";
import type { ImportOptions, SourceKind } from "../kind.ts";
import type { Source, SourceRow } from "../row.ts";

export const csv: SourceKind = {
  name: "csv",
  place: "<file|->",
  description: "comma-separated values (also ; tab |), plain or gzip",
  usualKind: "job",
  configure: (command) =>
    command
      .option("--delimiter <character>", "between cells; \\t is a tab (default: seen from the first line)")
      .option("--no-header", "the first line is a row; columns are called 1, 2, 3")
      .option("--encoding <name>", "of the text, e.g. latin1", "utf-8"),
  open: (place, options, { folder }) => openCsv(place, folder, options),
};

const recordBytes = 1024 * 1024;
const delimiters = [",", ";", "\t", "|"] as const;

async function openCsv(path: string, folder: string, options: ImportOptions): Promise<Source> {
  const decode = decoderOf(options.encoding);
  const input = await Input.open(path, folder);
  const firstLine =
    decoderOf(options.encoding)(input.head, false)
      .replace(/^\ufeff/, "")
      .split(/\r?\n/, 1)[0] ?? "";
  const delimiter = options.delimiter === "\\t" ? "\t" : (options.delimiter ?? guessDelimiter(firstLine));
  let columns: string[] = [];
  const found: SourceRow[] = [];
  let skippedLine = 0;
  const take = (cells: readonly string[], { lines }: { lines: number }): null => {
    if (columns.length > 0) found.push({ line: lines, cells });
    // Without a header the columns are called by their numbers.
    else if (options.header) columns = cells.map((name) => name.trim());
    else {
      columns = cells.map((_, index) => String(index + 1));
      found.push({ line: lines, cells });
    }
    return null;
  };
  const parser = parse({
    bom: true,
    delimiter,
    max_record_size: recordBytes,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_record: take,
    on_skip: (error: CsvError | undefined, raw: string | undefined): undefined => {
      // The rest of such a line may be told of once more.
      if (skippedLine === parser.info.lines) return;
      skippedLine = parser.info.lines;
      const fault = { reason: "unreadable", detail: error?.code ?? "" } as const;
      found.push({ line: parser.info.lines, fault, text: (raw ?? "").slice(0, 1000) });
    },
  });
  parser.resume();
  const chunks = input.chunks();
  /** False at the end. */
  const readMore = async (): Promise<boolean> => {
    const next = await chunks.next();
    await new Promise<void>((done, failed) => {
      const after = (error?: Error | null): void => (error ? failed(error) : done());
      if (next.done) {
        const rest = decode(Buffer.alloc(0), false);
        parser.once("error", failed).end(rest, () => done());
      } else parser.write(decode(next.value, true), after);
    });
    return !next.done;
  };
  while (columns.length === 0 && (await readMore()));
  if (columns.length === 0) throw new UsageError(m.import_empty());
  return {
    columns,
    notes: [],
    async *rows() {
      yield found.splice(0);
      while (await readMore()) if (found.length > 0) yield found.splice(0);
      yield found.splice(0);
    },
    share: () => input.share(),
    fingerprint: path === "-" ? null : input.fingerprint,
    close: () => input.close(),
  };
}

/** What stands most often in the first line outside of quotes. */
function guessDelimiter(line: string): string {
  const bare = line.replaceAll(/"[^"]*"/g, "");
  const counts = delimiters.map((one) => bare.split(one).length);
  return delimiters[counts.indexOf(Math.max(...counts))]!;
}

/** Text of chunks that may end within a character. */
function decoderOf(encoding: string): (bytes: Buffer, stream: boolean) => string {
  try {
    const decoder = new TextDecoder(encoding);
    return (bytes, stream) => decoder.decode(bytes, { stream });
  } catch {
    throw new UsageError(m.import_encoding({ encoding }));
  }
}
