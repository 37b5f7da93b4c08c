import { expect, test } from "vitest";
import { convert, type Conversion } from "./convert.ts";
import { chooseFields } from "./fields.ts";

const columns = ["process", "step", "start", "end", "machine", "kind", "outcome", "exitcode", "pid", "user"];
const how: Conversion = {
  mapping: chooseFields(columns, undefined),
  time: { zone: "America/New_York", dateOrder: undefined },
  unitSeconds: 1,
  kind: "job",
  machine: "usual",
  machineImplied: false,
  machineNames: new Map([["7", "web-7"]]),
  now: Date.UTC(2026, 10, 23) * 1000,
};
type Row = Partial<Record<(typeof columns)[number], string | null>>;
const made = (row: Row, more: Partial<Conversion> = {}) => {
  const usual: Row = { process: "backup", start: "2026-03-02 02:00:00", end: "2026-03-02 02:01:00" };
  return convert(
    columns.map((column) => ({ ...usual, ...row })[column] ?? null),
    { ...how, ...more },
  );
};

test("a row becomes an execution as the hub takes it", () => {
  expect(
    made({ step: "dump", machine: "7", kind: "CRON", exitcode: "3", pid: "12", user: "ana" }),
  ).toMatchObject({
    input: {
      process: "backup",
      step: "dump",
      machine: "web-7",
      kind: "cron",
      startedAt: "2026-03-02T07:00:00.000000Z",
      endedAt: "2026-03-02T07:01:00.000000Z",
      outcome: "failed",
      exitCode: 3,
      pid: 12,
      attributes: { user: "ana" },
    },
  });
});

test("the outcome is a word that logs use, a number, or follows from the exit code", () => {
  const outcome = (row: Row) => {
    const one = made(row);
    return "reason" in one ? one.reason : one.input.outcome;
  };
  expect(
    ["Success", "FALHA", "timeout", "killed", "0", "9"].map((text) => outcome({ outcome: text })),
  ).toEqual(["ok", "failed", "timeout", "lost", "ok", "failed"]);
  expect([outcome({}), outcome({ exitcode: "0" }), outcome({ exitcode: "1" })]).toEqual([
    "ok",
    "ok",
    "failed",
  ]);
  expect(outcome({ outcome: "running" })).toBe("unknown-outcome");
});

test("a time that the clock shows twice is flagged, a name that can't be shown is cleaned", () => {
  expect(
    made({ start: "2025-11-02 01:30:00", end: "2025-11-02 03:00:00", process: "a\u202eb" }),
  ).toMatchObject({
    input: { process: "a?b", flags: ["ambiguous-time", "name-cleaned"] },
  });
});

test("every reason why a row is bad is told with the text at fault", () => {
  const bad = (row: Row, more: Partial<Conversion> = {}) => {
    const one = made(row, more);
    return "reason" in one ? [one.reason, one.detail] : "good";
  };
  expect(bad({ process: " " })).toEqual(["no-process", undefined]);
  expect(bad({ start: null })).toEqual(["no-start", undefined]);
  expect(bad({ end: "" })).toEqual(["no-end", undefined]);
  expect(bad({ start: "yesterday" })).toEqual(["bad-time", "yesterday"]);
  expect(bad({ end: "later" })).toEqual(["bad-time", "later"]);
  expect(bad({ end: "2026-03-02 01:59:59" })[0]).toBe("ends-before-start");
  expect(bad({ start: "2006-01-01 00:00:00", end: "2006-01-01 00:00:01" })[0]).toBe("too-old");
  expect(bad({ end: "2026-12-24 00:00:00" })[0]).toBe("too-new");
  expect(bad({ kind: "daily" })).toEqual(["unknown-kind", "daily"]);
  expect(bad({ exitcode: "SIGTERM" })[0]).toBe("bad-number");
  expect(bad({ pid: "-1" })[0]).toBe("invalid");
  expect(bad({}, { machine: undefined })).toEqual(["no-machine", undefined]);
  expect(bad({}, { machine: undefined, machineImplied: true })).toBe("good");
});
