/** Results of checks, and what was believed of them, as the tables have them. */
import { checkStates, type Finding } from "@culprit/protocol";
import { storableText } from "./sql.ts";
import type { CheckResultRow, CheckTransitionRow } from "./store.ts";
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
    finding: toText(row.finding),
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
    finding: fromText(row.finding),
  };
}

export function toTransitionTable(row: CheckTransitionRow): Tables["check_transition"] {
  return {
    machine_id: row.machineId,
    check_id: row.checkId,
    at: row.at,
    state: row.state === null ? null : checkStates.indexOf(row.state),
    text: storableText(row.text),
    finding: toText(row.finding),
  };
}

export function fromTransitionTable(row: Tables["check_transition"]): CheckTransitionRow {
  return {
    machineId: row.machine_id,
    checkId: row.check_id,
    at: row.at,
    state: row.state === null ? null : (checkStates[row.state] ?? "unknown"),
    text: row.text,
    finding: fromText(row.finding),
  };
}

const toText = (finding: Finding | null): string | null =>
  finding === null ? null : storableText(JSON.stringify(finding));

/** Checked before it was stored. */
const fromText = (text: string | null): Finding | null =>
  text === null ? null : (JSON.parse(text) as Finding);
