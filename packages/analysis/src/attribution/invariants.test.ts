/** What must not matter: what groups are called, when the log begins, and runs that tell nothing. */
import { describe, expect, test } from "vitest";
import { orderOf, pick } from "../intervals.ts";
import { seededRandom } from "../seeded-random.ts";
import { fitAttribution } from "./attribution.ts";
import type { Evidence } from "./evidence.ts";
import { plantWorld } from "./test/planted-world.ts";

const day = 86_400;
const world = plantWorld({
  seed: 3,
  days: 30,
  machines: 2,
  processes: 8,
  effect: 1.8,
  culprits: 2,
  victims: 3,
  culpritRuns: 60,
});
const { evidence } = world;
const found = findingsOf(evidence);

type Row = { start: number; end: number; group: number; timed: number };

/** Whom it accuses of what. */
function findingsOf(told: Evidence) {
  return fitAttribution(told).findings.culprits.map(({ process, causedSeconds, victims }) => ({
    process,
    causedSeconds,
    victims: victims.map(({ group }) => group),
  }));
}

function rowsOf({ log }: Evidence): Row[] {
  return Array.from(log.start, (start, i) => ({
    start,
    end: log.end[i]!,
    group: log.group[i]!,
    timed: log.timed[i]!,
  }));
}

function withRows(rows: readonly Row[], base: Evidence): Evidence {
  const start = Float64Array.from(rows, (row) => row.start);
  const order = orderOf(start);
  const sorted = (of: (row: Row) => number) =>
    pick(Float64Array.from(rows, of), order, new Float64Array(order.length));
  return {
    ...base,
    log: {
      start: sorted((row) => row.start),
      end: sorted((row) => row.end),
      group: Int32Array.from(sorted((row) => row.group)),
      timed: Uint8Array.from(sorted((row) => row.timed)),
    },
  };
}

/** One more group, a process of its own on the first machine. */
function withProcess(rows: readonly Omit<Row, "group">[]): { told: Evidence; process: number } {
  const process = evidence.groups.process.length;
  const base = {
    ...evidence,
    groups: {
      process: Int32Array.of(...evidence.groups.process, process),
      machine: Int32Array.of(...evidence.groups.machine, 0),
    },
  };
  return {
    told: withRows([...rowsOf(evidence), ...rows.map((row) => ({ ...row, group: process }))], base),
    process,
  };
}

test("there is somebody to find", () => {
  expect(found.map(({ process }) => process).toSorted((a, b) => a - b)).toEqual(
    world.planted.map(({ culprit }) => culprit).toSorted((a, b) => a - b),
  );
});

test("other numbers for groups and processes change nothing else", () => {
  const groups = evidence.groups.process.length;
  const random = seededRandom(11);
  const renamed = Array.from({ length: groups }, (_, i) => i).sort(() => random() - 0.5);
  const machine = new Int32Array(groups);
  for (const [group, now] of renamed.entries()) machine[now] = evidence.groups.machine[group]!;
  const told = withRows(
    rowsOf(evidence).map((row) => ({ ...row, group: renamed[row.group]! })),
    { ...evidence, groups: { process: Int32Array.from(Array(groups).keys()), machine } },
  );
  const again = findingsOf(told);
  expect(again.map(({ process }) => process)).toEqual(found.map(({ process }) => renamed[process]));
  for (const [k, { causedSeconds, victims }] of again.entries()) {
    expect(causedSeconds).toBeCloseTo(found[k]!.causedSeconds, 3);
    expect(victims).toEqual(found[k]!.victims.map((victim) => renamed[victim]));
  }
});

test("the same four weeks later are the same", () => {
  const later = rowsOf(evidence).map((row) => ({
    ...row,
    start: row.start + 28 * day,
    end: row.end + 28 * day,
  }));
  const again = findingsOf(withRows(later, evidence));
  expect(again.map(({ process, victims }) => ({ process, victims }))).toEqual(
    found.map(({ process, victims }) => ({ process, victims })),
  );
  for (const [k, { causedSeconds }] of again.entries())
    expect(causedSeconds / found[k]!.causedSeconds).toBeCloseTo(1, 4);
});

test("every run told twice counts once", () => {
  expect(
    findingsOf(
      withRows(
        rowsOf(evidence).flatMap((row) => [row, row]),
        evidence,
      ),
    ),
  ).toEqual(found);
});

describe("accuses nobody new because of", () => {
  const from = evidence.log.start[0]!;
  const each = (count: number, seconds: number) =>
    Array.from({ length: count }, (_, k) => from + k * seconds);
  const odd: Record<string, Omit<Row, "group">[]> = {
    "a process that always runs": [{ start: from, end: from + 30 * day, timed: 0 }],
    "runs that never ended": each(300, 7200).map((start) => ({ start, end: from + 30 * day, timed: 0 })),
    "one that ran once": [{ start: from + 5 * day, end: from + 5.2 * day, timed: 1 }],
    "a hundred runs at one instant": Array.from({ length: 100 }, () => ({
      start: from + 9 * day,
      end: from + 9 * day + 600,
      timed: 1,
    })),
    "runs that end before they start": each(60, 43_200).map((start) => ({
      start,
      end: start - 500,
      timed: 1,
    })),
    "runs of no length": each(600, 3600).map((start) => ({ start, end: start, timed: 1 })),
    "a month of silence": each(20, 600).map((start) => ({
      start: start + 60 * day,
      end: start + 60 * day + 60,
      timed: 1,
    })),
  };

  test.each(Object.entries(odd))("%s", (_, rows) => {
    const { told, process } = withProcess(rows);
    const accused = findingsOf(told).map((one) => one.process);
    expect(accused).not.toContain(process);
    for (const one of accused) expect(world.planted.map(({ culprit }) => culprit)).toContain(one);
  });

  test("a clock that jumped a day for half of the time", () => {
    const rows = rowsOf(evidence).map((row) =>
      evidence.groups.machine[row.group] === 0 && row.start > from + 15 * day
        ? { ...row, start: row.start + day, end: row.end + day }
        : row,
    );
    for (const { process } of findingsOf(withRows(rows, evidence)))
      expect(world.planted.map(({ culprit }) => culprit)).toContain(process);
  });
});
