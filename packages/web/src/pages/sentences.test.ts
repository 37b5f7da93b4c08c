import { describe, expect, it } from "vitest";
import type { DeviatingExecution, Execution, Machine } from "@culprit/protocol";
import { exampleRun } from "../timeline/example-run.ts";
import { exampleCheck as check } from "./example-check.ts";
import { machineSentence } from "./machine-sentence.ts";
import { machinesSentence } from "./machines-sentence.ts";
import { overviewSentence } from "./overview-sentence.ts";
import { timelineSentence } from "./timeline-sentence.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

const run = (more: Partial<Execution> = {}): Execution => ({
  id: "a",
  machine: "db1",
  machineId: "m_1",
  process: "backup",
  processId: "p_1",
  kind: "cron",
  startedAt: "2026-11-23T03:00:00Z",
  outcome: "ok",
  flags: [],
  ...more,
});

const slow = (seconds: number, more: Partial<Execution> = {}): DeviatingExecution => ({
  execution: run(more),
  normal: { count: 30, medianSeconds: 240, madSeconds: 5, p95Seconds: 260 },
  excessSeconds: seconds,
  deviation: { direction: seconds > 0 ? "slow" : "fast", score: seconds },
});

const machine = (name: string, state: Machine["state"]): Machine => ({
  id: name,
  name,
  state,
  labels: {},
  enrolledAt: "2026-11-01T00:00:00Z",
  lastContactAt: "2026-11-20T00:00:00Z",
  connected: true,
});

/** Its runs come by HTTP. */
const withoutAgent = (name: string): Machine => ({
  id: name,
  name,
  state: "silent",
  labels: {},
  enrolledAt: "2026-11-01T00:00:00Z",
  connected: false,
});

const quiet = {
  executions: [run()],
  complete: true,
  deviations: [],
  machines: [machine("db1", "online")],
  checks: [],
};
const overview = (facts: Partial<Parameters<typeof overviewSentence>[0]>) =>
  plain(overviewSentence({ ...quiet, ...facts }, "en"));

describe("the overview's sentence", () => {
  it("says so when nothing ran, or nothing was slow", () => {
    expect(overview({ executions: [] })).toBe("Nothing ran in the last 24 hours.");
    expect(overview({ executions: [run(), run()] })).toBe(
      "None of the 2 runs in the last 24 hours was unusually slow.",
    );
  });

  it("names who cost slow runs most seconds, and nobody that can't be told apart from others", () => {
    const blamed = (seconds: number, ...names: string[]) => ({
      ...slow(seconds),
      verdict: names.length === 1 ? ("culprit" as const) : ("not-separable" as const),
      blamed: names,
      blamedSeconds: seconds - 10,
    });
    const few = [blamed(60, "vacuum"), blamed(50, "reindex"), blamed(40, "reindex"), slow(30)];
    expect(overview({ deviations: few })).toContain("reindex cost them most: 1 min 10 s in 2 of them.");
    const many = [blamed(90, "vacuum"), blamed(50, "reindex"), blamed(30, "reindex")];
    expect(overview({ deviations: many })).toContain("vacuum cost them most: 1 min 20 s in 1 of them.");
    expect(overview({ deviations: [blamed(60, "reindex")] })).toContain(
      "more than usual. reindex is to blame for 50 s of it.",
    );
    expect(overview({ deviations: [blamed(60, "a", "b"), slow(30)] })).not.toContain("to blame");
  });

  it("names what does not answer now, the worst first; not what is stopped, waits or is well", () => {
    const well = [check("shop", "ok"), check("new", null), check("old", "critical", false)];
    expect(overview({ checks: well })).not.toContain("well");
    expect(overview({ checks: [...well, check("disk", "warning"), check("db", "critical")] })).toContain(
      "2 checks are not well: db and disk.",
    );
  });

  it("names the worst run and what all of them lost", () => {
    const deviations = [slow(60), slow(600, { process: "reindex" })];
    expect(overview({ deviations })).toContain("2 runs were unusually slow");
    expect(overview({ deviations })).toContain("lost 11 min in all; the worst was reindex on db1 (+10 min)");
  });

  it("a slow step is not counted beside its slow run, and a fast run lost nothing", () => {
    const text = overview({ deviations: [slow(60), slow(50, { step: "dump" }), slow(-30)] });
    expect(text).toBe(
      "1 run was unusually slow in the last 24 hours: backup on db1 took 1 min more than usual.",
    );
  });

  it("adds failures, machines that are away and what was left out", () => {
    const text = overview({
      executions: [
        run({ outcome: "failed" }),
        run({ outcome: "timeout" }),
        run({ outcome: "failed", step: "x" }),
      ],
      machines: [machine("a", "silent"), machine("b", "down"), machine("c", "late"), withoutAgent("d")],
      complete: false,
    });
    expect(text).toContain("2 runs failed.");
    expect(text).toContain("2 machines do not answer: a and b.");
    expect(text).toContain("Only the newest 3 runs are counted.");
  });
});

it("the timeline's sentence counts whole runs, machines and slow ones", () => {
  const runs = [
    exampleRun(0, 5),
    exampleRun(1, 2, { step: "dump", deviation: "slow" }),
    exampleRun(0, 9, { machine: "web1", deviation: "slow" }),
  ];
  const all = { complete: true, missed: 0 };
  expect(timelineSentence(runs, "6 h", all)).toBe("2 runs on 2 machines in 6 h. 1 was unusually slow.");
  expect(timelineSentence([], "6 h", all)).toBe("0 runs on 0 machines in 6 h.");
  expect(timelineSentence([], "6 h", { complete: true, missed: 2 })).toContain(
    "2 expected starts did not take place.",
  );
  const group = { runs: 70_000, failed: 2, busySeconds: 9, share: 1 };
  const text = timelineSentence([exampleRun(0, 9, { group })], "6 h", all);
  expect(text).toMatch(/^70,000 runs on 1 machine in 6 h[.] They are too many/);
});

const times = { since: "2026-11-23T03:00:00Z", lastAt: "2026-11-23T03:00:00Z" };

it("machines without an agent are counted, and not called away", () => {
  const fleet = [machine("a", "online"), machine("b", "late"), withoutAgent("c"), withoutAgent("d")];
  const sentence = (machines: Machine[]) => machinesSentence(machines, "en");
  const never = "2 machines have no agent that was ever heard.";
  expect(sentence(fleet)).toBe(`1 of 2 machines needs a look: b. ${never}`);
  expect(sentence(fleet.slice(2))).toBe(never);
  const flooding = { code: "flooding", what: "uploads", refused: 3, ...times } as const;
  const faulty = { ...machine("e", "online"), conditions: [flooding] };
  expect(sentence([machine("a", "online"), faulty])).toBe("1 of 2 machines needs a look: e.");
});

it("a machine without an agent is said to have none, unless a person has paused it", () => {
  expect(machineSentence(withoutAgent("c"), "en")).toBe("c has no agent that was ever heard.");
  expect(machineSentence({ ...withoutAgent("c"), state: "paused" }, "en")).toContain("paused");
});

it("a machine whose clock is off says by how much", () => {
  expect(plain(machineSentence({ ...machine("db1", "online"), clockOffsetSeconds: -90 }, "en"))).toBe(
    "db1 is online. Its clock is 1 min 30 s behind: set it right, for its runs are flagged.",
  );
  const now = { cpuShare: null, memoryShare: null, diskShare: null, pressureShare: null, lessOften: 4 };
  expect(plain(machineSentence({ ...machine("db1", "online"), now }, "en"))).toMatch(
    / It is overloaded: its agent looks 4 times less often\.$/,
  );
  expect(machineSentence({ ...machine("db1", "silent") }, "en")).toBe(
    "db1 is silent: nothing was heard of it.",
  );
});
