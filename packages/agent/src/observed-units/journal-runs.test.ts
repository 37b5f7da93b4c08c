/**
 * Entries in the form that systemd documents (systemd.journal-fields, sd-messages.h), in the order in which systemd 252 writes
 * them; recorded ones are in fixtures/v252-recorded.
 */
import { expect, test } from "vitest";
import { JournalRuns, type JournalRun } from "./journal-runs.ts";

const ids = {
  starting: "7d4958e842da4a758f6c1cdc7b36dcc5",
  started: "39f53479d3a045ac8e11786248231fbf",
  success: "7ad2d189f7e94e70a38c781354912448",
  failure: "d9b373ed55a64feb8242e02dbe79a49c",
  failed: "be02cf6855d2428ba40df7e9d022f03d",
  stopped: "9d1aaa27d60140bd96365438aad20286",
  exit: "98e322203f7a4ed290d09fe03c09fe15",
  used: "ae8f7b866b0347b9af31fe1c80b127c0",
};
const second = 1_000_000;
const midnight = Date.UTC(2026, 10, 23) * 1000;

type Said = [seconds: number, id: keyof typeof ids, more?: Record<string, unknown>];

function runsOf(...entries: Said[]): JournalRun[] {
  const runs = new JournalRuns();
  const told = entries.flatMap(([seconds, id, more], index) =>
    runs.take(index + 1, {
      __REALTIME_TIMESTAMP: String(midnight + seconds * second),
      _HOSTNAME: "web-1",
      UNIT: "backup.service",
      INVOCATION_ID: "4b3c0f7a",
      MESSAGE_ID: ids[id],
      ...more,
    }),
  );
  return [...told, ...runs.rest()];
}

const times = ({ startedAt, endedAt, outcome }: JournalRun) => [
  (startedAt - midnight) / second,
  endedAt === null ? null : (endedAt - midnight) / second,
  outcome,
];

test("a oneshot service runs from Starting to its end, with what it used", () => {
  const runs = runsOf(
    [0, "starting", { JOB_TYPE: "start" }],
    [12.5, "success"],
    [12.6, "started", { JOB_TYPE: "start", JOB_RESULT: "done" }],
    [12.7, "used", { CPU_USAGE_NSEC: "3500000000", IO_METRIC_READ_BYTES: "4096" }],
  );
  expect(runs).toMatchObject([
    {
      machine: "web-1",
      unit: "backup",
      line: 2,
      invocation: "4b3c0f7a",
      cpuSeconds: 3.5,
      readBytes: 4096,
      writeBytes: null,
    },
  ]);
  expect(runs.map(times)).toEqual([[0, 12.5, "ok"]]);
});

test("a simple service runs from Started; its failure brings the exit status", () => {
  const runs = runsOf(
    [0, "started"],
    [60, "exit", { EXIT_CODE: "exited", EXIT_STATUS: "3" }],
    [60, "failure", { UNIT_RESULT: "exit-code" }],
    [100, "started"],
    [190, "failure", { UNIT_RESULT: "timeout" }],
  );
  expect(runs.map(times)).toEqual([
    [0, 60, "failed"],
    [100, 190, "timeout"],
  ]);
  expect(runs[0]!.exitCode).toBe(3);
});

test("old systemd tells the end of a oneshot by Started alone; what never ended has no end", () => {
  const runs = runsOf(
    [0, "starting"],
    [9, "started"],
    [3600, "starting"],
    [3700, "started"],
    [7200, "starting"],
  );
  expect(runs.map(times)).toEqual([
    [0, 9, "ok"],
    [3600, 3700, "ok"],
    [7200, null, null],
  ]);
});

test("units and machines are kept apart, and a run is told a minute after its end at the latest", () => {
  const other = { UNIT: "certbot.service" };
  const runs = new JournalRuns();
  const at = (seconds: number, id: keyof typeof ids, more = {}) =>
    runs.take(1, {
      __REALTIME_TIMESTAMP: String(midnight + seconds * second),
      UNIT: ["backup.service", "again"],
      MESSAGE_ID: ids[id],
      ...more,
    });
  expect(
    [at(0, "starting"), at(1, "starting", other), at(5, "success"), at(6, "failed", other)].flat(),
  ).toEqual([]);
  expect(at(65, "starting", { UNIT: "third.service" }).map(({ unit }) => unit)).toEqual(["backup"]);
  expect(at(70, "starting", { _HOSTNAME: "web-2" }).map(({ unit }) => unit)).toEqual(["certbot"]);
});

test("other messages, other units and rubbish say nothing", () => {
  const said = (entry: Record<string, unknown>) => new JournalRuns().take(1, entry);
  expect(said({})).toEqual([]);
  expect(said({ MESSAGE_ID: ids.success, UNIT: "backup.service", __REALTIME_TIMESTAMP: "soon" })).toEqual([]);
  expect(runsOf([0, "starting", { UNIT: "tmp.mount" }], [1, "success", { UNIT: [102, 111] }])).toEqual([]);
});
