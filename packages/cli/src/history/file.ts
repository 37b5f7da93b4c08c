/** The file of saved records: one JSON object a line, so that more can be added and a line that is cut harms no other. */
import { open } from "node:fs/promises";
import { Input } from "../import/input.ts";
import { linesOf } from "../import/lines.ts";
import { historyRecord, type HistoryRecord } from "./record.ts";

const mostLineCharacters = 4096;

/** Calls `onRecord` for each record, and `onBad` with the number of each line that is none. Also reads gzip. */
export async function readRecords(
  path: string,
  folder: string,
  onRecord: (record: HistoryRecord) => void,
  onBad: (line: number) => void,
): Promise<void> {
  const input = await Input.open(path, folder);
  try {
    for await (const lines of linesOf(input.chunks())) {
      for (const { line, text } of lines) {
        if (text.trim() === "") continue;
        const record = readRecord(text);
        if (record) onRecord(record);
        else onBad(line);
      }
    }
  } finally {
    await input.close();
  }
}

function readRecord(text: string): HistoryRecord | null {
  if (text.length > mostLineCharacters) return null;
  try {
    return historyRecord.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Adds records at the end of the file, which is made if it is not there; they are on the disk when this resolves. */
export async function appendRecords(path: string, records: readonly HistoryRecord[]): Promise<void> {
  if (records.length === 0) return;
  const file = await open(path, "a+", 0o600);
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    // A line that was cut short is not continued.
    const before = size > 0 && last.toString() !== "\n" ? "\n" : "";
    await file.appendFile(before + records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    await file.sync();
  } finally {
    await file.close();
  }
}
