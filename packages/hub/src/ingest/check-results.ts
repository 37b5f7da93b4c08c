/** Results of checks in a batch: of the sender's own checks, bounded and of the right types. */
import { checkNumbers, checkResultColumns, checkStates, cleanOutput, readColumns } from "@culprit/protocol";
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
  const { check, at, state, durationSeconds, text, numbers } = read.columns;
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
    const result = checkStates[state[row]!];
    const figures = numbersOf(numbers[row]!);
    if (checkId === null || !own(checkId)) refuse("check", "no check of this machine");
    else if (at[row]! < first || at[row]! > last) refuse("at", "out of range");
    else if (!result) refuse("state", "no state");
    else if (durationSeconds[row]! < 0) refuse("durationSeconds", "negative");
    else if (!figures) refuse("numbers", "not a list of numbers");
    else
      rows.push({
        checkId,
        at: at[row]!,
        state: result,
        durationSeconds: durationSeconds[row]!,
        text: cleanOutput(text[row]!),
        numbers: figures,
      });
  }
  return { rows, bad };
}

function numbersOf(text: string): CheckResultRow["numbers"] | null {
  try {
    return checkNumbers.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
