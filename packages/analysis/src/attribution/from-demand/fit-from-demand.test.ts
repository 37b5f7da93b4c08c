import { expect, test } from "vitest";
import { explainFromDemand } from "./explain-from-demand.ts";
import { fitFromDemand } from "./fit-from-demand.ts";
import { everyFifth, everyTwoHours, hour, play } from "../test/fluid-jobs.ts";

const [victim, suspect, other] = [0, 1, 2];
for (const sampled of [true, false]) {
  test(`two jobs that want the whole CPU cost each other half their speed (samples: ${sampled})`, () => {
    const jobs = [...everyTwoHours(victim, { cpu: 1 }), ...everyFifth(suspect, { cpu: 1 }, 1)];
    const { evidence, find } = play(jobs, { sampled });
    const model = fitFromDemand(evidence)!.model;
    const { verdict, shares, blamed } = explainFromDemand(model, evidence, find(victim, 2 * hour * 6), 600)!;
    expect(verdict).toBe("culprit");
    expect(shares[0]).toMatchObject({ cause: "process", groups: [suspect] });
    expect(shares[0]!.seconds).toBeGreaterThan(570);
    expect(shares[0]!.seconds).toBeLessThan(640);
    expect(blamed.reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(shares[0]!.seconds, 6);
  });
}

test("one busy neighbour on two cores costs nothing, the second one does", () => {
  const half = { cpu: 0.5 };
  const jobs = [
    ...everyTwoHours(victim, half),
    ...everyFifth(suspect, half, 1),
    ...everyFifth(suspect, half, 2),
    ...everyFifth(other, half, 2),
  ];
  const { evidence, find } = play(jobs);
  const model = fitFromDemand(evidence)!.model;
  expect(evidence.log.end[find(victim, 12 * hour)]! - 12 * hour).toBeLessThan(620);
  const crowded = explainFromDemand(model, evidence, find(victim, 14 * hour), 600)!;
  // Both did the same, so nothing tells which: they are named together.
  expect(crowded.shares[0]).toMatchObject({ cause: "group", groups: [suspect, other] });
  expect(crowded.verdict).toBe("not-separable");
  const caused = model.costs.filter(({ victim: who }) => who === victim);
  expect(new Set(caused.map((cost) => cost.suspect))).toEqual(new Set([suspect, other]));
});

test("who crowds the disk is not blamed by those that only want the CPU", () => {
  const jobs = [
    ...everyTwoHours(victim, { cpu: 0.9 }),
    ...everyTwoHours(3, { io: 0.8 }),
    ...everyFifth(suspect, { io: 0.9 }, 1),
    ...everyFifth(other, { cpu: 0.8 }, 1),
  ];
  const { evidence, find } = play(jobs);
  const model = fitFromDemand(evidence)!.model;
  const onCpu = explainFromDemand(model, evidence, find(victim, 12 * hour), 600)!;
  expect(onCpu.shares[0]).toMatchObject({ cause: "process", groups: [other] });
  expect(onCpu.shares.some(({ groups }) => groups.includes(suspect))).toBe(false);
  const onDisk = explainFromDemand(model, evidence, find(3, 12 * hour + 3), 600)!;
  expect(onDisk.shares[0]).toMatchObject({ cause: "process", groups: [suspect] });
});

test("what the host steals is the host's doing, and load that nobody logged is nobody's", () => {
  const jobs = everyTwoHours(victim, { cpu: 0.8 }, 120);
  const stolen = play(jobs, { stolen: 0.6 });
  const slow = stolen.find(victim, 40 * hour);
  const byHost = explainFromDemand(fitFromDemand(stolen.evidence)!.model, stolen.evidence, slow, 600)!;
  expect(byHost.verdict).toBe("host");
  expect(byHost.shares[0]!.seconds).toBeGreaterThan(500);
  const crowded = play(jobs, { unlogged: 1 });
  const unseen = explainFromDemand(fitFromDemand(crowded.evidence)!.model, crowded.evidence, slow, 600)!;
  expect(unseen).toMatchObject({ verdict: "unknown", shares: [{ cause: "unexplained" }] });
});

test("a run that had twice as much to do is slow by its own work", () => {
  const jobs = [...everyTwoHours(victim, { cpu: 0.4 }), ...everyFifth(suspect, { cpu: 0.5 }, 1)];
  jobs[31]!.work = 1200;
  const { evidence, find } = play(jobs);
  const model = fitFromDemand(evidence)!.model;
  const { verdict, shares } = explainFromDemand(model, evidence, find(victim, 62 * hour), 600)!;
  expect(verdict).toBe("own-work");
  expect(shares.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(600, 0);
  expect(explainFromDemand(model, { ...evidence, work: null }, find(victim, 62 * hour), 600)!.verdict).toBe(
    "unknown",
  );
});

test("who asks for next to nothing loses time only where its own runs show it", () => {
  const sleeper = 3;
  const jobs = [
    ...everyTwoHours(victim, { cpu: 0.004 }),
    ...everyTwoHours(sleeper, {}),
    ...everyFifth(suspect, { cpu: 0.7 }, 1),
    ...everyFifth(other, { cpu: 0.7 }, 1),
  ];
  const { evidence } = play(jobs);
  evidence.log.group.forEach((group, i) => {
    if (group === sleeper) evidence.demands!.cpu[i] = 0.004;
  });
  const { costs } = fitFromDemand(evidence)!.model;
  const lost = (group: number) =>
    costs.filter((cost) => cost.victim === group).reduce((sum, { seconds }) => sum + seconds, 0);
  const truth = 12 * 600 * 0.404;
  expect(lost(victim)).toBeGreaterThan(0.8 * truth);
  expect(lost(victim)).toBeLessThan(1.2 * truth);
  expect(lost(sleeper)).toBe(0);
});

test("where nothing was measured there is no model", () => {
  const { evidence } = play(everyTwoHours(victim, { cpu: 1 }), { sampled: false, measured: false });
  expect(fitFromDemand(evidence)).toBeNull();
});
