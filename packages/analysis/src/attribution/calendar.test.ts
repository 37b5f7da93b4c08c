/** Work that follows the week: who runs on the days when others have more to do has not made them slow. */
import { describe, expect, test } from "vitest";
import { seededRandom } from "../seeded-random.ts";
import { fitAttribution } from "./attribution.ts";
import type { Evidence } from "./evidence.ts";

const hour = 3600;
const day = 24 * hour;
/** A Monday, 00:00 UTC. */
const monday = Date.UTC(2026, 9, 5) / 1000;

type Job = {
  seconds: number;
  /** Seconds of the day, each start with up to `delay` more. */
  at: readonly number[];
  delay?: number;
  /** Whether it runs. */
  runs?: (weekday: number, hour: number, chance: number) => boolean;
  /** How much more it has to do. */
  work?: (weekday: number, hour: number) => number;
};

const hourly = Array.from({ length: 24 }, (_, one) => one * hour);
const onWeekdays = (weekday: number) => weekday < 5;
const inOffice = (weekday: number, at: number) => weekday < 5 && at >= 9 && at < 18;

type Special = {
  /** By this factor where job 0 starts in the same hour; by job. */
  slowed?: Readonly<Record<number, number>>;
  /** From this day on all is an hour later: summer time ended. */
  clockChange?: number;
  /** Nobody tells. */
  untold?: boolean;
};

/** One machine; groups are the jobs. */
function month(
  seed: number,
  jobs: readonly Job[],
  { slowed = {}, clockChange = Infinity, untold = false }: Special = {},
): Evidence {
  const random = seededRandom(seed);
  const noise = () => Math.exp(0.07 * Math.sqrt(-2 * Math.log(random() + 1e-9)) * Math.cos(6.283 * random()));
  const rows: { start: number; end: number; group: number }[] = [];
  const taken = new Set<number>();
  for (let d = 0; d < 30; d++)
    for (const [group, { seconds, at, delay = 0, runs, work }] of jobs.entries())
      for (const second of at) {
        const [weekday, hourOfDay] = [d % 7, Math.floor(second / hour)];
        if (runs && !runs(weekday, hourOfDay, random())) continue;
        const local = monday + d * day + second + delay * random();
        const start = d < clockChange ? local : local + hour;
        const when = Math.floor(start / hour);
        if (group === 0) taken.add(when);
        const factor = (work?.(weekday, hourOfDay) ?? 1) * (taken.has(when) ? (slowed[group] ?? 1) : 1);
        rows.push({ start, end: start + seconds * factor * noise(), group });
      }
  rows.sort((a, b) => a.start - b.start);
  return {
    log: {
      start: Float64Array.from(rows, ({ start }) => start),
      end: Float64Array.from(rows, ({ end }) => end),
      group: Int32Array.from(rows, ({ group }) => group),
      timed: new Uint8Array(rows.length).fill(1),
    },
    groups: { process: Int32Array.from(jobs.keys()), machine: new Int32Array(jobs.length) },
    machines: 1,
    sharedBy: null,
    demands: null,
    work: null,
    ...(clockChange < Infinity && !untold ? { clockChanges: [[monday + clockChange * day]] } : {}),
    samples: [null],
  };
}

const accused = (evidence: Evidence): number[] =>
  fitAttribution(evidence).findings.culprits.map(({ process }) => process);

const nightly = (seconds: number, minute: number, more: Partial<Job> = {}): Job => ({
  seconds,
  at: [2 * hour + minute * 60],
  delay: 30,
  ...more,
});
const more = (days: (weekday: number) => boolean) => ({
  work: (weekday: number) => (days(weekday) ? 1.5 : 1),
});

describe("accuses nobody", () => {
  const seeds = [1, 2, 3];

  test.each([
    ["on weekdays", onWeekdays],
    ["on Monday, Wednesday and Friday", (weekday: number) => [0, 2, 4].includes(weekday)],
  ])("who runs %s, when two others have more to do themselves", (_, days) => {
    for (const seed of seeds) {
      const jobs = [
        nightly(700, 1, { runs: days }),
        nightly(900, 0, more(days)),
        nightly(600, 5, more(days)),
        nightly(500, 2),
        { seconds: 60, at: hourly },
      ];
      expect(accused(month(seed, jobs))).toEqual([]);
    }
  });

  test("who runs in office hours, when all have more to do", () => {
    for (const seed of seeds) {
      const work = (weekday: number, at: number) => (inOffice(weekday, at) ? 1.5 : 1);
      const jobs: Job[] = [
        { seconds: 400, at: hourly, delay: 400, runs: (d, at, chance) => inOffice(d, at) && chance < 0.8 },
        { seconds: 200, at: hourly, delay: 300, work },
        { seconds: 300, at: hourly, delay: 900, work },
      ];
      expect(accused(month(seed, jobs))).toEqual([]);
    }
  });
});

describe("across a change of clocks", () => {
  const inTheNight = (at: number) => at >= 1 && at < 5;
  const work = (_: number, at: number) => (inTheNight(at) ? 1.6 : 1);
  const herd: Job[] = [
    { seconds: 250, at: hourly, delay: 30, runs: (_, at) => inTheNight(at) },
    { seconds: 200, at: hourly, delay: 60, work },
    { seconds: 300, at: hourly, delay: 60, work },
  ];

  test("nobody is accused who keeps to the hours in which all have more to do", () => {
    for (const seed of [1, 2, 3]) expect(accused(month(seed, herd, { clockChange: 12 }))).toEqual([]);
  });

  test("nor where nobody tells that the clock changed", () => {
    for (const seed of [1, 2, 3])
      for (const clockChange of [6, 12, 20])
        expect(accused(month(seed, herd, { clockChange, untold: true }))).toEqual([]);
  });

  test.each([false, true])("who comes by chance is still found (untold: %s)", (untold) => {
    const jobs: Job[] = [
      { ...herd[0]!, runs: (_, at, chance) => inTheNight(at) && chance < 0.5 },
      ...herd.slice(1),
    ];
    for (const seed of [1, 2, 3])
      expect(accused(month(seed, jobs, { clockChange: 12, untold, slowed: { 1: 1.5, 2: 1.5 } }))).toEqual([
        0,
      ]);
  });
});

test("who comes on days that no calendar tells is still found, on weekdays and weekends of their own work", () => {
  const jobs = [
    nightly(3000, 1, { runs: (_, __, chance) => chance < 0.5 }),
    nightly(900, 2, more(onWeekdays)),
    nightly(600, 5, more(onWeekdays)),
    nightly(500, 2),
  ];
  for (const seed of [1, 2, 3])
    expect(accused(month(seed, jobs, { slowed: { 1: 1.8, 2: 1.8 } }))).toEqual([0]);
});

describe("who comes on the same days of each week", () => {
  const days = (weekday: number) => [0, 3].includes(weekday);
  const apart = [nightly(500, 2), { seconds: 60, at: hourly }];
  const open = (evidence: Evidence) => fitAttribution(evidence).findings.notSeparable;

  test("is told as not separable from the weekday, with the victims and the experiment that would tell", () => {
    const jobs = [nightly(3000, 1, { runs: days }), nightly(900, 2), nightly(600, 5), ...apart];
    const evidence = month(1, jobs, { slowed: { 1: 1.8, 2: 1.8 } });
    expect(accused(evidence)).toEqual([]);
    const [one, ...others] = open(evidence);
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      reason: "weekday",
      groups: [0],
      low: 0,
      experiment: { group: 0, shiftSeconds: day },
    });
    expect(one!.victims.toSorted((a, b) => a - b)).toEqual([1, 2]);
    // About 9 nights of 900 and 600 s, that take 1.8 times as long.
    expect(one!.seconds).toBeGreaterThan(0.5 * 9 * 0.8 * 1500);
    expect(one!.high).toBeGreaterThan(9 * 0.8 * 1500);
  });

  test("is told the same where the others' own work grows on these days: no log can tell the two apart", () => {
    const jobs = [
      nightly(3000, 1, { runs: days }),
      nightly(900, 2, more(days)),
      nightly(600, 5, more(days)),
      ...apart,
    ];
    const evidence = month(1, jobs);
    expect(accused(evidence)).toEqual([]);
    expect(open(evidence)).toMatchObject([{ reason: "weekday", groups: [0] }]);
  });

  test("is not mentioned where nobody is slower then", () => {
    const jobs = [nightly(3000, 1, { runs: days }), nightly(900, 2), nightly(600, 5), ...apart];
    for (const seed of [1, 2, 3]) expect(open(month(seed, jobs))).toEqual([]);
  });

  test("is named with all that come with it", () => {
    const jobs = [
      nightly(3000, 1, { runs: days }),
      nightly(900, 2),
      nightly(600, 5),
      nightly(2900, 1, { runs: days }),
      ...apart,
    ];
    expect(open(month(1, jobs, { slowed: { 1: 1.8, 2: 1.8 } }))).toMatchObject([
      { reason: "weekday", groups: [0, 3] },
    ]);
  });
});
