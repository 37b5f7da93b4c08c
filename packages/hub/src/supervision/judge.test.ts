import { parseInstant, type Micros } from "@culprit/protocol";
import { describe, expect, test } from "vitest";
import type { ExpectationRow } from "../store/store.ts";
import { judgeStarts } from "./judge.ts";
import type { Run } from "./run.ts";

const at = (text: string): Micros => parseInstant(`2026-${text}Z`)!;
const run = (startedAt: Micros): Run => ({
  startedAt,
  endedAt: startedAt + 1_000_000,
  outcome: "ok",
  kind: "cron",
  timed: true,
  executionId: null,
});

const expectation: ExpectationRow = {
  expectationId: 1,
  machineId: 1,
  processId: 1,
  source: "set",
  cron: null,
  timeZone: null,
  everySeconds: null,
  graceSeconds: 60,
  maxSeconds: null,
  minSeconds: null,
  enabled: true,
  confidence: null,
  effectiveFrom: 0,
  changedAt: 0,
};

/** What is found by `now`, of runs that started at these instants. */
function found(
  expected: Partial<ExpectationRow>,
  starts: readonly string[],
  window: readonly [string, string],
  more: { knownUntil?: string; deaf?: [string, string] } = {},
): string[] {
  const now = at(window[1]);
  const { deaf } = more;
  const { facts } = judgeStarts(
    { expectation: { ...expectation, ...expected }, runs: starts.map((one) => run(at(one))) },
    at(window[0]),
    {
      now,
      knownUntil: more.knownUntil === undefined ? now : at(more.knownUntil),
      deaf: (from, to) => deaf !== undefined && at(deaf[0]) <= to && at(deaf[1]) >= from,
    },
  );
  return facts.map(
    ({ kind, expectedAt, detail, ending }) =>
      `${kind} ${new Date(expectedAt! / 1000).toISOString().slice(5, 16)} ${detail.count ?? detail.lateSeconds} ${ending}`,
  );
}

const everyTen = { cron: "*/10 * * * *", timeZone: "UTC" };
const hour = ["11-20T00:00:00", "11-20T01:00:00"] as const;
const onTime = ["00:00:01", "00:10:02", "00:20:01", "00:30:00", "00:40:03", "00:50:01"].map(
  (time) => `11-20T${time}`,
);

describe("starts by the clock", () => {
  test("that came on time are no news, nor is one whose grace is not over", () => {
    expect(found(everyTen, onTime, hour)).toEqual([]);
    expect(found(everyTen, onTime.slice(0, 5), [hour[0], "11-20T00:50:59"])).toEqual([]);
  });

  test("a start is missed when its grace is over, and until the next run it is one event", () => {
    expect(found(everyTen, onTime.slice(0, 5), [hour[0], "11-20T00:51:00"])).toEqual([
      "missed 11-20T00:50 1 null",
    ]);
    expect(found(everyTen, onTime.toSpliced(2, 2), hour)).toEqual(["missed 11-20T00:20 2 ran-again"]);
    expect(found(everyTen, onTime.toSpliced(1, 1).toSpliced(2, 1), hour)).toEqual([
      "missed 11-20T00:10 1 ran-again",
      "missed 11-20T00:30 1 ran-again",
    ]);
  });

  test("a start after its grace is late, and is not missed", () => {
    expect(found(everyTen, onTime.with(2, "11-20T00:25:00"), hour)).toEqual(["late 11-20T00:20 300 started"]);
  });

  test("a clock that is ahead, and a jitter over two starts, are no news", () => {
    expect(found(everyTen, onTime.with(2, "11-20T00:19:45"), hour)).toEqual([]);
    const minutely = { cron: "* * * * *", timeZone: "UTC", graceSeconds: 90 };
    const starts = ["00:00:10", "00:02:01", "00:02:40", "00:03:20"].map((time) => `11-20T${time}`);
    expect(found(minutely, starts, [hour[0], "11-20T00:04:30"])).toEqual([]);
  });

  test("a run by hand in between does not take the place of the next start", () => {
    expect(found(everyTen, [...onTime.slice(0, 2), "11-20T00:17:00", ...onTime.slice(3)], hour)).toEqual([
      "missed 11-20T00:20 1 ran-again",
    ]);
  });

  test("what the machine could not yet tell is not missed, nor what the hub could not hear", () => {
    expect(found(everyTen, onTime.slice(0, 2), hour, { knownUntil: "11-20T00:15:00" })).toEqual([]);
    expect(found(everyTen, onTime.slice(0, 2), hour, { knownUntil: "11-20T00:31:30" })).toEqual([
      "missed 11-20T00:20 2 null",
    ]);
    const deaf: [string, string] = ["11-20T00:18:00", "11-20T00:33:00"];
    expect(found(everyTen, onTime.toSpliced(2, 2), hour, { deaf })).toEqual([]);
  });
});

describe("starts while clocks change", () => {
  const halfHourly = { cron: "*/30 * * * *", graceSeconds: 300 };
  test.each([
    ["30 2 * * *", "Europe/Berlin", "03-28T01:30", "03-29T01:00", "03-30T00:30"],
    ["30 2 * * *", "America/New_York", "03-07T07:30", "03-08T07:00", "03-09T06:30"],
    ["30 2 * * *", "Europe/Berlin", "10-24T00:30", "10-25T00:30", "10-26T01:30"],
    ["30 1 * * *", "America/New_York", "10-31T05:30", "11-01T05:30", "11-02T06:30"],
  ])("what cron runs for %s in %s, at %s, %s and %s, is what is expected", (cron, timeZone, ...starts) => {
    const job = { cron, timeZone, graceSeconds: 300 };
    const window = [`${starts[0].slice(0, 5)}T00:00:00`, `${starts[2].slice(0, 5)}T12:00:00`] as const;
    const ran = starts.map((one) => `${one}:01`);
    expect(found(job, ran, window)).toEqual([]);
    expect(found(job, ran.toSpliced(1, 1), window)).toEqual([`missed ${starts[1]} 1 ran-again`]);
  });

  test("half-hourly starts go on through both changes", () => {
    for (const day of ["03-29", "10-25"]) {
      const from = at(`${day}T00:00:00`);
      const starts = Array.from({ length: 12 }, (_, step) =>
        new Date((from + step * 1800e6) / 1000).toISOString().slice(5, 19),
      );
      const window = [`${day}T00:00:00`, `${day}T05:59:00`] as const;
      expect(found({ ...halfHourly, timeZone: "Europe/Berlin" }, starts, window)).toEqual([]);
      expect(found({ ...halfHourly, timeZone: "Europe/Berlin" }, starts.toSpliced(3, 1), window)).toEqual([
        `missed ${day}T01:30 1 ran-again`,
      ]);
    }
  });
});

describe("starts that follow each other", () => {
  const every = { everySeconds: 600 };
  test("are due after the one before, on time or not", () => {
    const starts = ["00:03:00", "00:13:30", "00:20:00", "00:30:30", "00:41:00"].map(
      (time) => `11-20T${time}`,
    );
    expect(found(every, starts, [hour[0], "11-20T00:51:30"])).toEqual([]);
  });
  test("that come too late are late, and those that do not come are missed until the next", () => {
    const starts = ["00:03:00", "00:16:00", "00:26:00", "00:57:00"].map((time) => `11-20T${time}`);
    expect(found(every, starts, [hour[0], "11-20T01:05:00"])).toEqual([
      "missed 11-20T00:36 2 ran-again",
      "late 11-20T00:13 180 started",
    ]);
    expect(found(every, starts.slice(0, 1), hour)).toEqual(["missed 11-20T00:13 5 null"]);
  });
  test("are due from when they were first expected, if none has come yet", () => {
    expect(found({ ...every, effectiveFrom: at("11-20T00:05:00") }, [], hour)).toEqual([
      "missed 11-20T00:15 5 null",
    ]);
  });
});
