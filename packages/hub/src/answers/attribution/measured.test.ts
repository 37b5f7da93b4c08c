import {
  culprits as culpritsSchema,
  deviatingExecution,
  list,
  parseInstant,
  why as whySchema,
} from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aMeasuredMachine } from "../../test/a-measured-machine.ts";
import { hubUnderTest, type HubUnderTest } from "../../test/hub-under-test.ts";
import { storeSamples } from "../../test/samples.ts";

const now = "2026-11-23T12:00:00Z";
let under: HubUnderTest;
let played: ReturnType<typeof aMeasuredMachine>;

const computer = {
  hostName: "db1",
  timeZone: "America/Sao_Paulo",
  os: "Debian 13",
  kernel: "6.12",
  architecture: "x64",
  bootId: "boot",
  bootedAt: 0,
  cpuCores: 2,
  cpuModel: "model",
  cpuMegahertz: null,
  memoryBytes: 2 ** 34,
  swapBytes: 0,
  partitions: [],
  agentVersion: "0.1.0",
  capabilities: [],
};

beforeAll(async () => {
  under = await hubUnderTest(now);
  const machineId = (await under.hub.fleet.create("db1"))!;
  played = aMeasuredMachine({ machine: "db1", days: 14, until: parseInstant(now)! });
  await storeSamples(under.hub.store, machineId, { points: played.points, computer });
  await under.hub.fleet.refresh();
  expect((await under.ask("POST", "/executions", { body: played.runs })).status).toBe(200);
  await under.hub.attribution.fit();
}, 30_000);
afterAll(() => under.close());

test("where the agent measured, demand tells who it was", async () => {
  const found = culpritsSchema.parse((await under.ask("GET", "/culprits")).body);
  const [first, ...others] = found.culprits;
  expect([first!.process, first!.basis]).toEqual(["reindex", "samples"]);
  const victims = new Map(first!.victims.map((victim) => [victim.process, victim]));
  const lost = played.slowed.reduce((sum, { seconds }) => sum + seconds, 0);
  expect(victims.get("backup")!.seconds).toBeGreaterThan(0.85 * lost);
  expect(victims.get("backup")!.seconds).toBeLessThan(1.1 * lost);
  expect(victims.has("report")).toBe(true);
  // It asks for a twentieth of what `reindex` asks for, and runs beside it half of the time.
  const little = others.find(({ process }) => process === "cleanup")?.causedSeconds ?? 0;
  expect(little).toBeLessThan(0.15 * first!.causedSeconds);
});

test("a slow run is explained by what was measured around it", async () => {
  const { id, seconds } = played.slowed.at(-1)!;
  const answer = whySchema.parse((await under.ask("GET", `/executions/${id}/why`)).body);
  const { shares, verdict, excessSeconds, text } = answer;
  expect(verdict).toBe("culprit");
  expect(shares[0]!.process).toBe("reindex");
  expect(shares[0]!.seconds).toBeGreaterThan(0.85 * seconds);
  expect(shares[0]!.seconds).toBeLessThan(1.05 * seconds);
  expect(shares.reduce((sum, share) => sum + share.seconds, 0)).toBeCloseTo(excessSeconds, 6);
  expect(text).not.toContain("start times and durations alone");
});

test("the list of slow runs says of one what its own answer says", async () => {
  const query = "/deviations?direction=slow&verdicts=true&from=2026-11-01T00:00:00Z";
  const { items } = list(deviatingExecution).parse((await under.ask("GET", query)).body);
  const told = items.filter(({ verdict }) => verdict !== undefined);
  expect(told.length).toBeGreaterThan(0);
  for (const { execution, verdict, blamed } of told) {
    const why = whySchema.parse((await under.ask("GET", `/executions/${execution.id}/why`)).body);
    expect([verdict, blamed?.[0]]).toEqual([why.verdict, why.shares[0]!.process]);
  }
});
