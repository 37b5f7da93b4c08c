/** The sentences of rankings, schedules and differences: what they say in every case. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Culprit, Differences, ScheduleAdvice, WhatIf } from "@culprit/protocol";
import { describe, expect, test } from "vitest";
import { culpritsText, culpritText, notSeparableText } from "./culprits-text.ts";
import { differencesText } from "./differences-text.ts";
import { adviceText, doneMoveText, scheduleText, whatIfText } from "./schedule-text.ts";
import { locales } from "./why-text.ts";

const place = (process: string, machine = "db-1") => ({
  process,
  processId: "p_1",
  machine,
  machineId: "m_1",
});
const window = { from: "2026-10-24T00:00:00.000000Z", to: "2026-11-23T00:00:00.000000Z" };
const fittedAt = window.to;

const victim = (process: string, seconds: number, exposedRuns: number): Culprit["victims"][number] => ({
  ...place(process),
  seconds,
  low: seconds * 0.7,
  high: seconds * 1.3,
  slowdownPerSecond: 0.4,
  exposedRuns,
  unexposedRuns: 60,
  q: 0.001,
  relativeDurations: [],
});
const culprit: Omit<Culprit, "text"> = {
  process: "reindex",
  processId: "p_2",
  machines: ["db-1"],
  causedSeconds: 12_000,
  low: 10_000,
  high: 14_000,
  victims: [victim("backup", 7800, 22), victim("report", 3000, 1), victim("sync", 1200, 9)],
  verdict: "culprit",
  basis: "log",
};

describe("who makes others slow", () => {
  const ranking = {
    window,
    fittedAt,
    progress: null,
    culprits: [],
    notSeparable: [],
    notEnough: [],
    slowRuns: 0,
  };
  const honest = { coverage: null, falseAccusationRate: null };

  test("a culprit is told with what it cost whom, in how many runs", () => {
    expect(culpritText(culprit, window, "en")).toBe(
      "`reindex` cost others at least 3 h 20 min (2 h 45 min to 3 h 55 min) in 30 d: `backup` on `db-1` 2 h 10 min in 22 runs beside it; " +
        "`report` on `db-1` 50 min in 1 run beside it; 1 other; judged by start times and durations alone",
    );
    expect(culpritText({ ...culprit, basis: "samples" }, window, "pt-BR")).toMatch(
      /^`reindex` custou a outros ao menos 3 h 20 min .*; mais 1$/,
    );
  });

  test("processes that always run together are told with the experiment", () => {
    const found = {
      reason: "together" as const,
      processes: [place("reindex"), place("vacuum")],
      victims: [place("backup")],
      seconds: 2400,
      low: 1800,
      high: 3000,
      experiment: { ...place("vacuum"), shiftSeconds: 1800 },
    };
    expect(notSeparableText(found, window, "en")).toBe(
      "`reindex` and `vacuum` on `db-1` run together so often that nothing tells which of them costs `backup` on `db-1` 40 min (30 min to 50 min) in 30 d; " +
        "starting `vacuum` on `db-1` 30 min later for some days would tell which",
    );
  });

  test("who keeps to days of the week is told as not separable from these, in every language", () => {
    const found = {
      reason: "weekday" as const,
      processes: [place("full-backup")],
      victims: [place("report"), place("export")],
      seconds: 2400,
      low: 0,
      high: 3000,
      experiment: { ...place("full-backup"), shiftSeconds: 86_400 },
    };
    expect(notSeparableText(found, window, "en")).toBe(
      "`report` and `export` on `db-1` lost up to 50 min in 30 d on the days of the week of `full-backup` on `db-1`, and " +
        "nothing tells whether it was these runs or the days themselves; starting `full-backup` on `db-1` a day later for " +
        "some weeks, or leaving it out, would tell",
    );
    for (const locale of ["pt-BR", "es"] as const)
      expect(notSeparableText(found, window, locale)).toMatch(/`full-backup`.*50 min|50 min.*`full-backup`/);
  });

  test("a ranking names the worst two, and says how much of what was slow has a verdict", () => {
    const culprits = ["a", "b", "c"].map((process) => ({ ...culprit, process, text: "" }));
    expect(culpritsText({ ...ranking, ...honest, culprits, slowRuns: 120, coverage: 0.4 }, "en")).toBe(
      "`a` slows others most: at least 3 h 20 min (2 h 45 min to 3 h 55 min) in 30 d; then `b`, 3 h 20 min; and 1 other. " +
        "40% of 120 slow runs have a definite verdict. More can be told where an agent measures machines and runs.",
    );
  });

  test("nobody accused, nothing slow and nothing computed are three different answers", () => {
    const say = (change: object) => culpritsText({ ...ranking, ...honest, ...change }, "en");
    expect(say({ slowRuns: 12, coverage: 0.75 })).toBe(
      "Nobody is accused: none of the 12 slow runs in 30 d can be blamed on another process for certain. 75% of 12 slow runs have a definite verdict.",
    );
    expect(say({})).toBe("Nobody is accused: no run was unusually slow in 30 d.");
    expect(say({ fittedAt: null })).toMatch(/^Not computed yet/);
  });
});

const saving = { savingSeconds: 720, low: 480, high: 900 };
const advice: Omit<ScheduleAdvice, "text"> = {
  ...place("backup"),
  ...saving,
  shiftSeconds: 4500,
  startsNow: ["03:00"],
  startsThen: ["04:15"],
  zone: "America/Sao_Paulo",
  victims: [{ ...place("report"), ...saving, savingSeconds: 600, lostSeconds: 700 }],
};

describe("the schedule", () => {
  test("advice says what to start when, and what that saves", () => {
    expect(locales.map((locale) => adviceText(advice, locale))).toEqual([
      "Start `backup` on `db-1` at 04:15 instead of 03:00 (America/Sao_Paulo): saves 12 min (8 min to 15 min) of run time a day, most of it of `report` on `db-1`",
      "Inicie `backup` em `db-1` às 04:15 em vez de 03:00 (America/Sao_Paulo): poupa 12 min (8 min a 15 min) de tempo de execução por dia, a maior parte de `report` em `db-1`",
      "Inicie `backup` en `db-1` a las 04:15 en vez de 03:00 (America/Sao_Paulo): ahorra 12 min (8 min a 15 min) de tiempo de ejecución al día, la mayor parte de `report` en `db-1`",
    ]);
    const hourly = { ...advice, startsNow: Array.from({ length: 24 }, (_, hour) => `${hour}:00`) };
    expect(adviceText({ ...hourly, shiftSeconds: -900 }, "en")).toMatch(
      /^Start `backup` on `db-1` 15 min earlier: /,
    );
    expect(adviceText({ ...advice, low: -10 }, "en")).toContain(
      "would probably save 12 min (−1 min to 15 min)",
    );
  });

  test("what-if promises only what its interval holds", () => {
    const answer: Omit<WhatIf, "text"> = { window, fittedAt, ...saving, processes: advice.victims };
    expect(whatIfText(answer, "en")).toBe(
      "That would save 12 min (8 min to 15 min) of run time a day; `report` on `db-1` would gain 10 min",
    );
    const loss = { savingSeconds: -720, low: -900, high: -480 };
    expect(whatIfText({ ...answer, ...loss, processes: [{ ...advice.victims[0]!, ...loss }] }, "en")).toBe(
      "That would cost 12 min (8 min to 15 min) of run time a day; `report` on `db-1` would lose 12 min",
    );
    expect(whatIfText({ ...answer, low: -60, processes: [] }, "en")).toBe(
      "Whether that would save or cost time can't be told: between −1 min and 15 min of run time a day",
    );
    const nothing = { savingSeconds: 0, low: 0, high: 0, processes: [] };
    expect(whatIfText({ ...answer, ...nothing }, "en")).toMatch(/^That would change nothing/);
  });

  test("a move that was done tells what it gained, or that nothing can be told yet", () => {
    const done = {
      ...place("backup"),
      movedAt: "2026-11-12T01:00:00.000000Z",
      shiftSeconds: 4500,
      ...saving,
      runsBefore: 12,
      runsAfter: 14,
    };
    expect(doneMoveText(done, "en", "America/Sao_Paulo")).toBe(
      "`backup` on `db-1` starts 1 h 15 min later since 11 November: that saves others 12 min (8 min to 15 min) of run time a day; measured in 12 runs before and 14 after",
    );
    expect(doneMoveText({ ...done, low: -10 }, "en", "UTC")).toMatch(
      /12 November: no gain or loss of others can be told yet \(between −1 min and 15 min a day\)/,
    );
    expect(
      doneMoveText({ ...done, savingSeconds: -60, low: -90, high: -30, shiftSeconds: -60 }, "en", "UTC"),
    ).toMatch(/1 min earlier since 12 November: that costs others 1 min \(30 s to 1 min 30 s\) /);
  });

  test("the documentation shows the sentences as they are", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../../docs/schedule.md"), "utf8");
    const early = (process: string, now: string, then: string, savingSeconds: number) => ({
      ...advice,
      ...place(process, "db1"),
      startsNow: [now],
      startsThen: [then],
      zone: "UTC",
      savingSeconds,
      text: "",
    });
    const moves = [early("backup", "02:00", "01:50", 116), early("report", "04:00", "03:50", 114)];
    const answer = { window, fittedAt, progress: null, advice: moves, done: [], herds: [] };
    expect(page).toContain(`\n${scheduleText(answer, "en")}\n`);
    const whatIf = { window, fittedAt, savingSeconds: 230, low: 150, high: 330 };
    const gain = { ...place("backup", "db1"), savingSeconds: 116, low: 60, high: 230, lostSeconds: 116 };
    expect(page).toContain(`\n${whatIfText({ ...whatIf, processes: [gain] }, "en")}\n`);
  });

  test("several moves are summed up, and none is said to be none", () => {
    const texts = [
      { ...advice, text: "" },
      { ...advice, ...place("sync"), text: "" },
    ];
    expect(scheduleText({ window, fittedAt, advice: texts, done: [], herds: [], progress: null }, "en")).toBe(
      "2 moves would save 24 min of run time a day; first: start `backup` on `db-1` at 04:15 instead of 03:00 (America/Sao_Paulo).",
    );
    expect(scheduleText({ window, fittedAt, advice: [], done: [], herds: [], progress: null }, "en")).toMatch(
      /^No move is known/,
    );
    expect(
      scheduleText({ window, fittedAt: null, advice: [], done: [], herds: [], progress: null }, "en"),
    ).toMatch(/^Not computed/);
  });
});

describe("what was different", () => {
  const none: Omit<Differences, "text"> = {
    window,
    before: [window],
    series: [],
    processes: [],
    comparedSeries: 1200,
    comparedProcesses: 30,
  };
  const compared = { score: 8, q: 0.001 };
  const busy = { ...place("reindex"), what: "busy", value: 2400, usual: 0, ...compared } as const;
  const disk = {
    machine: "db-1",
    machineId: "m_1",
    metric: "system.disk.io_time",
    attributes: { "system.device": "sda" },
    unit: "1",
    value: 0.97,
    usual: 0.2,
    ...compared,
  };

  test("processes come first, then series by the names people know", () => {
    expect(differencesText({ ...none, processes: [busy], series: [disk] }, "en")).toBe(
      "Most different from the same hours before: `reindex` on `db-1` ran for 40 min in all, usually not at all; " +
        "Disk busy time: sda of `db-1` was 97%, usually 20%. 1 of 1,200 series and 1 of 30 processes differ.",
    );
  });

  test("every kind of difference of a process has words", () => {
    const say = (what: "duration" | "runs" | "failures") =>
      differencesText({ ...none, processes: [{ ...busy, what, value: 3.25, usual: 1 }] }, "en");
    expect(say("duration")).toContain("runs of `reindex` on `db-1` took 3.25× their normal, usually 1×");
    expect(differencesText({ ...none, processes: [{ ...busy, usual: 60 }] }, "es")).toContain(
      "`reindex` en `db-1` se ejecutó durante 40 min en total, por lo general 1 min",
    );
    expect(say("runs")).toContain("ran 3.25 times, usually 1");
    expect(say("failures")).toContain("failed 3.25 times, usually 1");
  });

  test("nothing different, nothing to compare with and nothing known are three answers", () => {
    expect(differencesText(none, "en")).toBe(
      "Nothing was different for certain from the same hours before; compared were 1,200 series and 30 processes.",
    );
    expect(differencesText({ ...none, before: [] }, "en")).toMatch(/nothing in the same hours/);
    const unknown = { ...none, comparedSeries: 0, comparedProcesses: 0 };
    expect(differencesText(unknown, "en")).toMatch(/^Too little is known of this span/);
  });
});
