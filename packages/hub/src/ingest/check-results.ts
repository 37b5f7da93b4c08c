/** Results of checks in a batch: of the sender's own checks, bounded and of the right types. */
import {
  checkNumbers,
  checkResultColumns,
  checkStates,
  cleanOutput,
  readColumns,
  readFinding,
} from "@culprit/protocol";
import type { CheckResultRow } from "../store/store.ts";
import { readPublicId } from "../public-ids.ts";
import type { BadRow } from "./points.ts";

type Bounds = { first: number; last: number };

export function readCheckResults(
  raw: unknown,
  own: (checkId: number) => boolean,
  { first, last }: Bounds,
): { rows: CheckResultRow[]; bad: BadRow[] } | { error: string } {
  const read = readColumns(checkResultColumns, raw);
  if ("error" in read) return read;
  const { check, at, state, durationSeconds, text, numbers, finding } = read.columns;
  const rows: CheckResultRow[] = [];
  const bad: BadRow[] = [];
  for (let row = 0; row < read.length; row++) {
    const wrong = read.badRows.get(row);
    const refuse = (column: string, detail: string) =>
      bad.push({ index: row, detail: `${column}: ${detail}` });
    if (wrong !== undefined) {
      refuse(wrong, "out of range or of the wrong type");
      continue;
    }
    const checkId = readPublicId("c", check[row]!);
    if (checkId === null || !own(checkId)) {
      refuse("check", "no check of this machine");
      continue;
    }
    const result = checkStates[state[row]!];
    const figures = checkNumbers.safeParse(parsed(numbers[row]!)).data;
    const found = finding[row] ?? null;
    const said = found === null ? null : readFinding(parsed(found));
    if (at[row]! < first || at[row]! > last) refuse("at", "out of range");
    else if (!result) refuse("state", "no state");
    else if (durationSeconds[row]! < 0) refuse("durationSeconds", "negative");
    else if (!figures) refuse("numbers", "not a list of numbers");
    else if (found !== null && !said) refuse("finding", "no code with values");
    else
      rows.push({
        checkId,
        at: at[row]!,
        state: result,
        durationSeconds: durationSeconds[row]!,
        text: cleanOutput(text[row]!),
        numbers: figures,
        finding: said,
      });
  }
  return { rows, bad };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
