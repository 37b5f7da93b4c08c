/** The sentence of one run: what it says in every case, and that its numbers are those of the answer. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fc, test as property } from "@fast-check/vitest";
import { formatDuration } from "@culprit/messages/duration";
import type { Why } from "@culprit/protocol";
import { describe, expect, test } from "vitest";
import { locales, whyText, type WhyFacts } from "./why-text.ts";

type Share = Why["shares"][number];

const place = (process: string, machine = "db-1") => ({
  process,
  processId: "p_1",
  machine,
  machineId: "m_1",
});

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
  slowerMachine: [],
  failedChecks: [],
  basis: "samples",
  experiment: null,
  wholeRun: null,
  runQueueSeconds: null,
  cpuSeconds: null,
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

  test("what explains next to nothing of it is no explanation", () => {
    const host = { cause: "host", seconds: 0.04, low: 0.01, high: 0.08 } as const;
    expect(say({ excessSeconds: 102, shares: [host] })).toMatch(/nothing explains 1 min 42 s yet/);
  });

  test("what rests on the log alone says so", () => {
    expect(say({ shares: [reindex, rest], basis: "log" })).toMatch(
      / unexplained; judged by start times and durations alone$/,
    );
    expect(say({ shares: [part("own-work", 500)], basis: "log" })).not.toMatch(/alone/);
  });

  test("what it waited for a processor is said where it is much, and only where it is known", () => {
    const waited = { shares: [reindex, rest], runQueueSeconds: 400, cpuSeconds: 350 };
    expect(say(waited)).toMatch(
      /; 1 min 10 s unexplained; its processes waited 6 min 40 s for a processor and used one for 5 min 50 s$/,
    );
    expect(say({ runQueueSeconds: 400, cpuSeconds: 350 })).toMatch(/yet; its processes waited 6 min 40 s/);
    expect(say({ ...waited, runQueueSeconds: 49 })).not.toMatch(/processor/);
    expect(say({ ...waited, cpuSeconds: null })).not.toMatch(/processor/);
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
    const slowerMachine = ["whole-number arithmetic: 50% of the usual speed since 2 November"];
    expect(say({ shares: [part("host", 500, { slowerMachine: true })], slowerMachine })).toMatch(
      / because the machine itself was slower \(whole-number arithmetic: 50% of the usual speed since 2 November\)$/,
    );
  });

  test("a machine that was slower is told also where nothing tells what that cost", () => {
    const slowerMachine = ["disk writes: 40% of the usual speed since 2 November"];
    expect(say({ slowerMachine })).toMatch(
      /explains 8 min 20 s yet; the machine itself was slower then \(disk writes: .*\), which may have cost it time$/,
    );
    expect(say({ slowerMachine, shares: [reindex, rest] })).toMatch(
      /`reindex` ran .*; the machine itself was/,
    );
    expect(say({ slowerMachine, direction: null })).not.toContain("slower");
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
  const claimed = shares.filter(
    ({ cause, low, seconds }) => cause !== "unexplained" && low > 0 && seconds >= excessSeconds / 100,
  );
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
