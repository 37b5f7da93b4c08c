/** The sentences of the answers: what they say in every case, and that their numbers are those of the answer. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fc, test as property } from "@fast-check/vitest";
import { formatDuration } from "@culprit/messages/duration";
import type { Culprit, Differences, ScheduleAdvice, WhatIf, Why } from "@culprit/protocol";
import { describe, expect, test } from "vitest";
import { culpritsText, culpritText, notSeparableText } from "./culprits-text.ts";
import { differencesText } from "./differences-text.ts";
import { adviceText, doneMoveText, scheduleText, whatIfText } from "./schedule-text.ts";
import { locales, whyText, type WhyFacts } from "./why-text.ts";

type Share = Why["shares"][number];

const place = (process: string, machine = "db-1") => ({
  process,
  processId: "p_1",
  machine,
  machineId: "m_1",
});
const window = { from: "2026-10-24T00:00:00.000000Z", to: "2026-11-23T00:00:00.000000Z" };
const fittedAt = window.to;

const slow: WhyFacts = {
  process: "backup",
  machine: "db-1",
  running: false,
  seconds: 860,
  normalSeconds: 360,
  excessSeconds: 500,
  direction: "slow",
  neighbour: null,
  shares: [],
  basis: "samples",
  experiment: null,
};
const reindex: Share = {
  cause: "process",
  process: "reindex",
  machine: "db-1",
  seconds: 430,
  low: 340,
  high: 510,
};
const rest: Share = { cause: "unexplained", seconds: 70, low: -10, high: 160 };
const part = (cause: Share["cause"], seconds: number, more: Partial<Share> = {}): Share => ({
  cause,
  seconds,
  low: seconds * 0.8,
  high: seconds * 1.2,
  ...more,
});

describe("why a run was slow", () => {
  const say = (facts: Partial<WhyFacts>) => whyText({ ...slow, ...facts }, "en");

  test("a culprit is named with its seconds and their interval, and what remains is unexplained", () => {
    const facts = { ...slow, shares: [reindex, rest] };
    const page = readFileSync(join(import.meta.dirname, "../../../../docs/culprits.md"), "utf8");
    expect(page).toContain(`\n${whyText(facts, "en")}\n`);
    expect(locales.map((locale) => whyText(facts, locale))).toEqual([
      "`backup` took 14 min 20 s instead of 6 min: 7 min 10 s (5 min 40 s to 8 min 30 s) because `reindex` ran on the same machine; 1 min 10 s unexplained",
      "`backup` levou 14 min 20 s em vez de 6 min: 7 min 10 s (5 min 40 s a 8 min 30 s) porque `reindex` rodou na mesma máquina; 1 min 10 s sem explicação",
      "`backup` tardó 14 min 20 s en vez de 6 min: 7 min 10 s (5 min 40 s a 8 min 30 s) porque `reindex` se ejecutó en la misma máquina; 1 min 10 s sin explicación",
    ]);
  });

  test("what rests on the log alone says so", () => {
    expect(say({ shares: [reindex, rest], basis: "log" })).toMatch(
      / unexplained; judged by start times and durations alone$/,
    );
    expect(say({ shares: [part("own-work", 500)], basis: "log" })).not.toMatch(/alone/);
  });

  test("a culprit elsewhere is named with its machine", () => {
    expect(say({ shares: [{ ...reindex, machine: "db-2" }, rest] })).toContain(
      "because `reindex` ran on `db-2`; ",
    );
  });

  test("two are named, the others are summed up", () => {
    const shares = [
      part("process", 50, { process: "c" }),
      part("process", 200, { process: "a" }),
      part("process", 100, { process: "b" }),
      part("group", 40, { processes: ["d", "e"] }),
      part("unexplained", 110),
    ];
    expect(say({ shares })).toMatch(
      /: 3 min 20 s \(.*\) because `a` ran .*; 1 min 40 s \(.*\) because `b` ran .*; 1 min 30 s because of 3 other processes; 1 min 50 s unexplained$/,
    );
  });

  test("those that can't be told apart are named together, with what would tell", () => {
    const shares = [part("group", 500, { processes: ["reindex", "vacuum"] })];
    const experiment = { ...place("vacuum"), shiftSeconds: 1800 };
    expect(say({ shares, experiment })).toBe(
      "`backup` took 14 min 20 s instead of 6 min: 8 min 20 s (6 min 40 s to 10 min) because of `reindex` or `vacuum`, " +
        "which can't be told apart; starting `vacuum` on `db-1` 30 min later for some days would tell which",
    );
    expect(say({ shares, experiment: { ...experiment, shiftSeconds: -1800 } })).toMatch(/30 min earlier/);
    expect(say({ shares: [part("group", 500, { processes: ["a", "b", "c", "d"] })] })).toContain(
      "because of `a`, `b`, or 2 others, which",
    );
  });

  test("its own work and the host of the machine are causes too", () => {
    expect(say({ shares: [part("own-work", 500)] })).toMatch(/ because it did more work itself$/);
    expect(say({ shares: [part("host", 500)] })).toMatch(
      / because the machine's own host took CPU time away$/,
    );
  });

  test("a share that may be nothing accuses nobody, and counts as unexplained", () => {
    const unsure = { ...reindex, low: -5 };
    expect(say({ shares: [unsure, rest] })).toBe(
      "`backup` took 14 min 20 s instead of 6 min; nothing explains 8 min 20 s yet",
    );
    const sure = part("process", 100, { process: "vacuum" });
    expect(say({ shares: [{ ...unsure, seconds: 300 }, sure, part("unexplained", 100)] })).toMatch(
      /because `vacuum` ran on the same machine; 6 min 40 s unexplained$/,
    );
  });

  test("who ran beside an unexplained run is told as no proof, and not at all beside a culprit", () => {
    const neighbour = { ...place("etl"), processOverlapSeconds: 600, usualOverlapSeconds: 0 };
    expect(say({ neighbour })).toMatch(
      /; `etl` ran beside it for 10 min, usually not at all, which alone proves nothing$/,
    );
    expect(say({ neighbour, shares: [reindex, rest] })).not.toMatch(/etl/);
  });

  test("causes that come to more than the excess leave something that was faster", () => {
    expect(say({ shares: [{ ...reindex, seconds: 560 }, part("unexplained", -60)] })).toMatch(
      /; 1 min less in other ways$/,
    );
  });

  test("a run under way, a fast one and a normal one are told as such", () => {
    expect(say({ running: true, shares: [reindex, rest] })).toMatch(
      /^`backup` has been running for 14 min 20 s instead of 6 min: 7 min 10 s /,
    );
    expect(say({ direction: "fast", shares: [part("unexplained", -100)] })).toBe(
      "`backup` took only 14 min 20 s instead of 6 min",
    );
    expect(say({ direction: null, shares: [reindex] })).toMatch(/which is normal/);
  });
});

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
  const ranking = { window, fittedAt, culprits: [], notSeparable: [], notEnough: [], slowRuns: 0 };
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

  test("several moves are summed up, and none is said to be none", () => {
    const texts = [
      { ...advice, text: "" },
      { ...advice, ...place("sync"), text: "" },
    ];
    expect(scheduleText({ window, fittedAt, advice: texts, done: [] }, "en")).toBe(
      "2 moves would save 24 min of run time a day; first: start `backup` on `db-1` at 04:15 instead of 03:00 (America/Sao_Paulo).",
    );
    expect(scheduleText({ window, fittedAt, advice: [], done: [] }, "en")).toMatch(/^No move is known/);
    expect(scheduleText({ window, fittedAt: null, advice: [], done: [] }, "en")).toMatch(/^Not computed/);
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

const seconds = fc.double({ min: 0.001, max: 1e6, noNaN: true });
const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !/undefined|NaN|null/.test(text));
const share: fc.Arbitrary<Share> = fc
  .record({
    cause: fc.constantFrom("process", "group", "own-work", "host", "unexplained"),
    process: name,
    processes: fc.array(name, { minLength: 2, maxLength: 5 }),
    machine: name,
    seconds,
    down: seconds,
    up: seconds,
  })
  .map(({ down, up, ...each }) => ({ ...each, low: each.seconds - down, high: each.seconds + up }));

property.prop(
  {
    shares: fc.array(share, { maxLength: 8 }),
    running: fc.boolean(),
    normalSeconds: seconds,
    basis: fc.constantFrom("samples", "log", null),
    locale: fc.constantFrom(...locales),
  },
  { seed: 4 },
)("whatever the shares, each claim is one of them and all claims add up to the excess", (given) => {
  const { shares, locale } = given;
  const excessSeconds = shares.reduce((sum, each) => sum + each.seconds, 0) + 1;
  const facts = { ...slow, ...given, excessSeconds, seconds: given.normalSeconds + excessSeconds };
  const text = whyText(facts, locale);
  expect(text).not.toMatch(/undefined|NaN|null|tell_|Infinity/);
  const claimed = shares.filter(({ cause, low }) => cause !== "unexplained" && low > 0);
  const unclaimed = excessSeconds - claimed.reduce((sum, each) => sum + each.seconds, 0);
  if (unclaimed > excessSeconds / 50) expect(text).toContain(formatDuration(unclaimed, locale));
  const largest = claimed.toSorted((a, b) => b.seconds - a.seconds)[0];
  if (largest) expect(text).toContain(formatDuration(largest.seconds, locale));
  for (const { cause, process = "", low } of shares) {
    const named = shares.some(
      (other) => other.low > 0 && JSON.stringify(other).includes(JSON.stringify(process)),
    );
    if (cause === "process" && low <= 0 && !named) expect(text).not.toContain(`\`${process}\``);
  }
});
