/** Results of checks as the table has them. */
import { checkStates } from "@culprit/protocol";
import { storableText } from "./sql.ts";
import type { CheckResultRow } from "./store.ts";
import type { Tables } from "./tables.ts";

type ResultTable = Omit<Tables["check_result"], "machine_id">;

export function toResultTable(row: CheckResultRow): ResultTable {
  return {
    check_id: row.checkId,
    at: row.at,
    state: checkStates.indexOf(row.state),
    duration_seconds: row.durationSeconds,
    text: storableText(row.text),
    numbers: storableText(JSON.stringify(row.numbers)),
  };
}

export function fromResultTable(row: ResultTable): CheckResultRow {
  return {
    checkId: row.check_id,
    at: row.at,
    state: checkStates[row.state] ?? "unknown",
    durationSeconds: row.duration_seconds,
    text: row.text,
    numbers: JSON.parse(row.numbers) as CheckResultRow["numbers"],
  };
}
