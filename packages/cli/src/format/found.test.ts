/** What the answer commands show, from answers as the hub gives them. */
import { isLocale, locales, overwriteGetLocale } from "@culprit/messages/runtime";
import type { Culprits, Differences, Schedule, WhatIf } from "@culprit/protocol";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { testTerminal } from "../testing/terminal.ts";
import { formatCulprits, formatRelations } from "./culprits.ts";
import { formatDifferences } from "./differences.ts";
import { formatSchedule, formatWhatIf } from "./schedule.ts";

const hostile = "re\u001b[2Jindex";
const place = (process: string, machine = "db-1") => ({
  process,
  processId: "p_1",
  machine,
  machineId: "m_1",
});
const window = { from: "2026-10-24T00:00:00.000000Z", to: "2026-11-23T00:00:00.000000Z" };
const victim = {
  ...place("backup"),
  seconds: 7800,
  low: 6000,
  high: 9000,
  slowdownPerSecond: 0.42,
  exposedRuns: 1234,
  unexposedRuns: 60,
  q: 0.0001,
  relativeDurations: [
    { from: 0.8, to: 1, with: 0, without: 40 },
    { from: 1, to: 1.25, with: 10, without: 20 },
    { from: 1.25, to: 1.6, with: 20, without: 0 },
  ],
};
const ranking: Culprits = {
  window,
  fittedAt: window.to,
  progress: null,
  culprits: [
    {
      process: hostile,
      processId: "p_2",
      machines: ["db-1", "db-2"],
      causedSeconds: 12_000,
      low: 10_000,
      high: 14_000,
      victims: [victim],
      verdict: "culprit",
      basis: "samples",
      text: `\`${hostile}\` cost others`,
    },
  ],
  notSeparable: [
    {
      reason: "together",
      processes: [place("a"), place("b")],
      victims: [place("c")],
      seconds: 10,
      low: 5,
      high: 15,
      experiment: { ...place("b"), shiftSeconds: 1800 },
      text: "a and b\u0007",
    },
  ],
  notEnough: [{ suspect: place("x"), victim: place("y"), exposedRuns: 3, unexposedRuns: 40 }],
  slowRuns: 12,
  coverage: 0.5,
  falseAccusationRate: 0.012,
  text: "a sentence\u001b[0m",
};
const saving = { savingSeconds: 720, low: 480, high: 900 };
const schedule: Schedule = {
  window,
  fittedAt: window.to,
  progress: null,
  advice: [
    {
      ...place(hostile),
      ...saving,
      shiftSeconds: 4500,
      startsNow: ["03:00"],
      startsThen: ["04:15"],
      zone: "Europe/Berlin",
      victims: [{ ...place("report"), ...saving, lostSeconds: 900 }],
      text: "",
    },
  ],
  done: [
    {
      ...place("sync"),
      movedAt: "2026-11-12T01:00:00.000000Z",
      shiftSeconds: -1800,
      savingSeconds: -30,
      low: -60,
      high: -10,
      runsBefore: 12,
      runsAfter: 14,
      text: "",
    },
  ],
  herds: [
    {
      machine: "db-1",
      machineId: "m_1",
      processes: [place(hostile), place("sync")],
      startsAt: ["03:00"],
      zone: "Europe/Berlin",
      runs: 29,
      text: "",
    },
  ],
  text: "One move",
};
const whatIf: WhatIf = {
  window,
  fittedAt: window.to,
  ...saving,
  processes: [{ ...place(hostile), ...saving, lostSeconds: 900 }],
  text: "That would save",
};
const different: Differences = {
  window,
  before: [window],
  series: [
    {
      machine: "db-1",
      machineId: "m_1",
      metric: "system.disk.io_time",
      attributes: { "system.device": "sda\u0007" },
      unit: "1",
      value: 0.97,
      usual: 0.2,
      score: 9.123,
      q: 0.001,
    },
  ],
  processes: (["busy", "duration", "runs", "failures"] as const).map((what) => ({
    ...place(hostile),
    what,
    value: 2400.5,
    usual: 1,
    score: -8,
    q: 0.001,
  })),
  comparedSeries: 20,
  comparedProcesses: 3,
  text: "Most different",
};

const narrow = { ...testTerminal(), columns: 100 };
const pages = {
  ranking: () => formatCulprits(ranking, false, narrow),
  culprit: () => formatCulprits(ranking, true, narrow),
  relations: () => formatRelations(hostile, ranking, ranking, narrow),
  schedule: () => formatSchedule(schedule, narrow),
  "what-if": () => formatWhatIf(whatIf, narrow),
  differences: () => formatDifferences(different, narrow),
};

afterEach(() => overwriteGetLocale(() => "en"));

test.each(Object.entries(pages).flatMap(([name, page]) => locales.map((locale) => ({ name, locale, page }))))(
  "$name in $locale has all its values, and no name can steer the terminal",
  ({ locale, page }) => {
    overwriteGetLocale(() => (isLocale(locale) ? locale : "en"));
    const text = page();
    expect(text).not.toMatch(/undefined|NaN|null|\[object|cmd_|tell_/);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  },
);

test("the ranking shows cost, interval, bar and basis; the lists what can't be told, and how often the method errs", () => {
  const text = pages.ranking();
  expect(text).toMatch(
    /^re\?\[2Jindex +db-1, db-2 +3 h 20 min +2 h 45 min to 3 h 55 min +█{12} +backup +measured$/m,
  );
  expect(text).toMatch(/\nCan't be told apart\na and b\?\n/);
  expect(text).toMatch(/^x +db-1 +y +db-1 +3 +40$/m);
  expect(text).toMatch(
    /About 1\.2% of accusations are expected to be false: .*\nFrom what was known at 2026-11-23 00:00:00 \(UTC\)\.$/,
  );
});

test("a culprit by itself shows each victim with its runs, rate and both distributions", () => {
  const text = pages.culprit();
  expect(text).toMatch(
    /^backup +db-1 +2 h 10 min +1 h 40 min to 2 h 30 min +█+ +420 ms +1,234 +60 +<0\.1% +measured$/m,
  );
  expect(text).toContain("against normal: 0.8× ·▄█ 1.6× with it, 0.8× █▄· 1.6× without");
});

test("what a pipe reads has no bars", () => {
  expect(formatCulprits(ranking, false, testTerminal())).not.toMatch(/█/);
});

test("who is related to nobody is said so", () => {
  const nobody = { ...ranking, culprits: [], notSeparable: [] };
  expect(formatRelations("backup", nobody, nobody, narrow)).toMatch(/Nobody is known to slow `backup`/);
});

test("advice says when to start, moves that were made what they cost", () => {
  const text = pages.schedule();
  expect(text).toMatch(/ 03:00 +04:15 +Europ… +\+1 h 15 min +12 min +8 min to 15 min +report$/m);
  expect(text).toMatch(/^sync +db-1 +2026-11-12 01:00:00 +−30 min +−30 s +−1 min to −10 s +12 +14$/m);
});

test("differences have names and units of their kind", () => {
  const text = pages.differences();
  expect(text).toMatch(/time it ran +40 min 1 s +1 s +-8$/m);
  expect(text).toMatch(/duration against normal +2,400\.5× +1× +-8$/m);
  expect(text).toMatch(/^Disk busy time: sda\? +db-1 +97% +20% +\+9\.12$/m);
});

test("a process that only a group of others can have slowed is not said to be slowed by nobody", () => {
  const none: Culprits = { ...ranking, culprits: [], notSeparable: [] };
  const text = formatRelations("mailing", { ...ranking, culprits: [] }, none, narrow);
  expect(text).toMatch(/^\nCan't be told apart\na and b\?$/m);
  expect(text).not.toContain("Nobody");
});

test("a job that starts every hour is told by its first times of day", () => {
  const hours = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, "0")}:10`);
  const [advised] = schedule.advice;
  const hourly = { ...schedule, advice: [{ ...advised!, startsNow: hours, startsThen: hours }] };
  expect(formatSchedule(hourly, testTerminal())).toContain("00:10 01:10 02:10 03:10 …");
});

test("the documentation shows advice as the command prints it", () => {
  const early = (
    process: string,
    now: string,
    then: string,
    savingSeconds: number,
    low: number,
    high: number,
  ) => ({
    ...place(process, "db1"),
    shiftSeconds: -600,
    startsNow: [now],
    startsThen: [then],
    zone: "UTC",
    savingSeconds,
    low,
    high,
    victims: [{ ...place(process, "db1"), savingSeconds, low, high, lostSeconds: savingSeconds }],
    text: "",
  });
  const advice = [
    early("backup", "02:00", "01:50", 116, 60, 230),
    early("report", "04:00", "03:50", 114, 50, 220),
  ];
  const text =
    "2 moves would save 3 min 50 s of run time a day; first: start `backup` on `db1` at 01:50 instead of 02:00 (UTC).";
  const page = readFileSync(join(import.meta.dirname, "../../../../docs/schedule.md"), "utf8");
  const shown = formatSchedule({ ...schedule, advice, done: [], herds: [], text }, testTerminal());
  expect(page).toContain(`$ culprit schedule\n${shown}\n\`\`\``);
});
