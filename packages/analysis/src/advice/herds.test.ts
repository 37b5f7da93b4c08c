import { expect, test } from "vitest";
import { herdsOf } from "./herds.ts";
import { planFor } from "./plan.ts";
import { clock, everyHour, play, type Job } from "./test/small-fleet.ts";

const herds = (jobs: readonly Job[], zone = "UTC") => {
  const plan = planFor({ costs: jobs.map(() => []) }, play(jobs, [], 21, 1));
  return herdsOf(plan, { zones: [zone, zone], movable: new Uint8Array(jobs.length).fill(1) });
};

test("what starts in the same minute every night is a herd, in the machine's own time", () => {
  const jobs: Job[] = [
    { at: [clock(2)], seconds: 1200, jitter: 20 },
    { at: [clock(2)], seconds: 300, jitter: 20 },
    { at: [clock(2, 2)], seconds: 300, jitter: 20 },
    { at: [clock(2)], seconds: 300, machine: 1 },
  ];
  const [found, ...others] = herds(jobs, "America/Sao_Paulo");
  expect(others).toEqual([]);
  expect(found).toMatchObject({ machine: 0, groups: [0, 1], times: [clock(23)], together: 21 });
  expect(found!.secondsPerDay).toBeGreaterThan(1300);
  expect(found!.secondsPerDay).toBeLessThan(1700);
});

test("a nightly job that an hourly one meets is none: the hourly one mostly starts without it", () => {
  const jobs: Job[] = [
    { at: [clock(2)], seconds: 1200 },
    { at: everyHour(), seconds: 60 },
    { at: everyHour(), seconds: 30 },
  ];
  expect(herds(jobs).map(({ groups }) => groups)).toEqual([[1, 2]]);
});

test("one herd may skip a night, and what hardly ever ran tells nothing", () => {
  const jobs: Job[] = [
    { at: [clock(2)], seconds: 1200 },
    { at: [clock(2)], seconds: 60, on: (night) => night !== 3 },
    { at: [clock(5)], seconds: 60, on: (night) => night < 4 },
    { at: [clock(5)], seconds: 60, on: (night) => night < 4 },
  ];
  expect(herds(jobs)).toMatchObject([{ groups: [0, 1], together: 20 }]);
});

test("web requests and other things that nobody starts are left out", () => {
  const jobs: Job[] = [
    { at: [clock(2)], seconds: 1200 },
    { at: [clock(2)], seconds: 60 },
  ];
  const plan = planFor({ costs: [[], []] }, play(jobs, [], 21, 1));
  expect(herdsOf(plan, { zones: ["UTC"], movable: Uint8Array.of(1, 0) })).toEqual([]);
});
