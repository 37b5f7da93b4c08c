import { expect, it } from "vitest";
import { noRuns, type ProcessSummary } from "@culprit/protocol";
import { emptyMove, fieldsOfMove, movesOf, placesOf } from "./what-if-fields.ts";

const summary = (process: string, more: Partial<ProcessSummary> = {}): ProcessSummary => ({
  process,
  processId: `p_${process}`,
  kinds: ["cron"],
  machines: [{ machine: "db1", machineId: "m_1" }],
  statistics: noRuns,
  ...more,
});

const places = placesOf([
  summary("reindex"),
  summary("backup", {
    machines: [
      { machine: "db1", machineId: "m_1" },
      { machine: "db2", machineId: "m_2" },
    ],
  }),
  summary("backup", { step: "dump" }),
  summary("GET /", { kinds: ["web"] }),
]);

it("whole processes with a schedule can be moved, on each of their machines", () => {
  expect(places.map(({ name }) => name)).toEqual(["backup (db1)", "backup (db2)", "reindex (db1)"]);
});

it("a link names a move by ids or by names, and the form asks by ids", () => {
  for (const move of [
    { process: "backup", machine: "db2", shiftSeconds: -1800 },
    { process: "p_backup", machine: "m_2", shiftSeconds: -1800 },
  ]) {
    expect(movesOf([fieldsOfMove(move, places)])).toEqual([
      { process: "p_backup", machine: "m_2", shiftSeconds: -1800 },
    ]);
  }
});

it("rows without a process, without a number or that move nothing ask nothing", () => {
  const row = fieldsOfMove({ process: "reindex", machine: "db1", shiftSeconds: 60 }, places);
  expect(movesOf([emptyMove()])).toEqual([]);
  expect(
    movesOf([
      { ...row, minutes: "" },
      { ...row, minutes: "-" },
      { ...row, minutes: 0 },
    ]),
  ).toEqual([]);
  expect(movesOf([{ ...row, minutes: "90" }])).toEqual([
    { process: "p_reindex", machine: "m_1", shiftSeconds: 5400 },
  ]);
});

it("a link to what is not there any more leaves its row to be chosen", () => {
  expect(fieldsOfMove({ process: "gone", machine: "db1", shiftSeconds: 60 }, places).place).toBe("");
});
