import {
  culprits as culpritsSchema,
  deviatingExecution,
  formatInstant,
  list,
  parseInstant,
  scheduleAdvice,
  whatIf as whatIfSchema,
  why as whySchema,
  type ExecutionInput,
  type Culprits,
  type Why,
} from "@culprit/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aCrowdedMachine, day, type Crowded } from "../../test/a-crowded-machine.ts";
import { hubUnderTest, type HubUnderTest } from "../../test/hub-under-test.ts";

const now = "2026-11-23T12:00:00Z";
let under: HubUnderTest;
let crowded: Crowded;

beforeAll(async () => {
  under = await hubUnderTest(now);
  for (const machine of ["db1", "web1"]) await under.hub.fleet.create(machine);
  crowded = aCrowdedMachine({ machine: "db1", days: 29, until: parseInstant(now)! });
  expect((await under.ask("POST", "/executions", { body: crowded.runs })).status).toBe(200);
  for (const body of [aHerd(), dumps(crowded)])
    expect((await under.ask("POST", "/executions", { body })).status).toBe(200);
  await under.hub.attribution.fit();
});
afterAll(() => under.close());

/** Two jobs of web1 start with the same line of a crontab every night, and one an hour later. */
function aHerd(): ExecutionInput[] {
  return Array.from({ length: 20 }, (_, night) => parseInstant(now)! - (20 - night) * day).flatMap((noon) =>
    (["logs", "stats", "mail"] as const).map((process, at) => ({
      machine: "web1",
      process,
      kind: "cron" as const,
      startedAt: formatInstant(noon + (process === "mail" ? day / 24 : at * 1e6)),
      endedAt: formatInstant(noon + (process === "mail" ? day / 24 : at * 1e6) + (30 + (noon % 7)) * 1e6),
    })),
  );
}

/** The first half of the work of each backup; two minutes after its begin `reindex` comes, beside which half is done in a second. */
function dumps({ runs, slowed }: Crowded): ExecutionInput[] {
  const slowedIds = new Set(slowed.map(({ id }) => id));
  return runs
    .filter(({ process }) => process === "backup")
    .map((backup, at) => ({
      ...backup,
      id: `dump-of-${backup.id}`,
      step: "dump",
      parentId: backup.id!,
      endedAt: formatInstant(
        parseInstant(backup.startedAt)! + ((slowedIds.has(backup.id!) ? 480 : 300) + (at % 7)) * 1e6,
      ),
    }));
}

const culprits = async (query = ""): Promise<Culprits> => {
  const { status, body } = await under.ask("GET", `/culprits${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return culpritsSchema.parse(body);
};
const explain = async (id: string): Promise<Why> =>
  whySchema.parse((await under.ask("GET", `/executions/${id}/why`)).body);
const names = ({ culprits: found }: Culprits): string[] => found.map(({ process }) => process);
const between = (low: number, value: number, high: number): void => {
  expect(value).toBeGreaterThan(low);
  expect(value).toBeLessThan(high);
};

describe("who makes others slow", () => {
  test("is found in the store with victims and seconds, and who only stands beside it is not", async () => {
    const found = await culprits();
    expect(found.fittedAt).toBe(formatInstant(parseInstant(now)!));
    expect(found.window).toEqual({
      from: formatInstant(parseInstant(now)! - 30 * day),
      to: formatInstant(parseInstant(now)!),
    });
    expect(names(found)).toEqual(["reindex"]);
    const [reindex] = found.culprits;
    const lost = crowded.slowed.reduce((sum, { seconds }) => sum + seconds, 0);
    between(0.8 * 2 * lost, reindex!.causedSeconds, 1.2 * 2 * lost);
    expect(reindex!.machines).toEqual(["db1"]);
    expect(reindex!.text).toContain("`reindex`");
    expect(found.text).toContain("`reindex`");
    expect(reindex!.victims.map(({ process, machine }) => `${process} on ${machine}`).toSorted()).toEqual([
      "backup on db1",
      "report on db1",
    ]);
    for (const { seconds, exposedRuns, unexposedRuns, relativeDurations } of reindex!.victims) {
      between(0.8 * lost, seconds, 1.2 * lost);
      expect(exposedRuns).toBe(crowded.slowed.length);
      const count = (of: "with" | "without") => relativeDurations.reduce((sum, bin) => sum + bin[of], 0);
      expect([count("with"), count("without")]).toEqual([exposedRuns, unexposedRuns]);
    }
  });

  test("is narrowed to a culprit, a victim or a machine, by name or id", async () => {
    expect(names(await culprits("?process=reindex"))).toEqual(["reindex"]);
    expect(names(await culprits("?process=cleanup"))).toEqual([]);
    const all = (await culprits()).culprits[0]!;
    const backup = all.victims.find(({ process }) => process === "backup")!;
    const [one] = (await culprits(`?victim=${backup.processId}&machine=db1`)).culprits;
    expect(one!.victims).toEqual([backup]);
    expect(one!.causedSeconds).toBe(backup.seconds);
    expect(names(await culprits("?machine=web1"))).toEqual([]);
  });

  test("is told with the machine's present name, and in each language", async () => {
    const named = async () => (await culprits()).culprits[0]!.machines;
    expect(await named()).toEqual(["db1"]);
    await under.ask("PATCH", "/machines/db1", { body: { name: "db9" } });
    expect(await named()).toEqual(["db9"]);
    await under.ask("PATCH", "/machines/db9", { body: { name: "db1" } });
    expect(await named()).toEqual(["db1"]);
    const texts = await Promise.all(
      ["en", "pt-BR", "es"].map(async (language) => {
        const { body } = await under.ask("GET", "/culprits", { headers: { "accept-language": language } });
        return culpritsSchema.parse(body).text;
      }),
    );
    expect(new Set(texts).size).toBe(3);
  });

  test("is told of another window when it is asked for, and the same to who asks again", async () => {
    const early = `?from=${formatInstant(parseInstant(now)! - 60 * day)}&to=2026-11-10T00:30:00Z`;
    const found = await culprits(early);
    expect(found.window).toEqual({ from: "2026-09-24T12:00:00.000000Z", to: "2026-11-10T12:00:00.000000Z" });
    expect(await culprits(early)).toEqual(found);
    const before = await culprits("?from=2026-09-01T00:00:00Z&to=2026-10-01T00:00:00Z");
    expect([before.culprits, before.slowRuns, before.coverage]).toEqual([[], 0, null]);
    const moved = await culprits("?from=2026-10-24T13:00:00Z&to=2026-11-23T13:00:00Z");
    expect(moved).toEqual(await culprits());
  });

  test.each([
    ["/culprits?process=nobody", 404, "not-found"],
    ["/culprits?victim=p_999", 404, "not-found"],
    ["/culprits?machine=nowhere", 404, "not-found"],
    ["/culprits?from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z", 400, "invalid-request"],
    ["/culprits?from=2027-11-02T00:00:00Z&to=2027-12-01T00:00:00Z", 400, "invalid-request"],
    ["/culprits?suspect=reindex", 400, "invalid-request"],
    ["/schedule/advice?process=nobody", 404, "not-found"],
  ])("%s is answered %i %s", async (url, status, code) => {
    expect(await under.ask("GET", url)).toMatchObject({ status, body: { code } });
  });
});

describe("why a run was slow", () => {
  test("names who it was and how many seconds, of the run and of each neighbour", async () => {
    const { id, seconds } = crowded.slowed.at(-1)!;
    const { shares, verdict, text, concurrent, excessSeconds, fittedAt } = await explain(id);
    expect(verdict).toBe("culprit");
    expect(fittedAt).toBe(formatInstant(parseInstant(now)!));
    expect(shares[0]).toMatchObject({ cause: "process", process: "reindex", machine: "db1" });
    between(0.8 * seconds, shares[0]!.seconds, 1.2 * seconds);
    expect(shares.reduce((sum, share) => sum + share.seconds, 0)).toBeCloseTo(excessSeconds, 6);
    const blamed = new Map(concurrent.map((one) => [one.process, one.blamedSeconds]));
    expect(blamed.get("reindex")).toBeCloseTo(shares[0]!.seconds, 6);
    expect(blamed.get("cleanup")).toBe(0);
    expect(text).toContain("because `reindex` ran on the same machine");
  });

  test("is not asked of one that was not", async () => {
    const quiet = crowded.runs.findLast(
      (run) => run.process === "backup" && !crowded.slowed.some(({ id }) => id === run.id),
    );
    const { verdict, concurrent } = await explain(quiet!.id!);
    expect(verdict).toBe("normal");
    expect(concurrent.every(({ blamedSeconds }) => blamedSeconds === null)).toBe(true);
  });

  test("is told of a step by the run that it is a part of, in the step's own time", async () => {
    const { id } = crowded.slowed.at(-1)!;
    const [run, step] = [await explain(id), await explain(`dump-of-${id}`)];
    expect(step.verdict).toBe("culprit");
    expect(step.shares[0]).toMatchObject({ cause: "process", process: "reindex", machine: "db1" });
    // Six of the ten minutes beside it.
    expect(step.shares[0]!.seconds / run.shares[0]!.seconds).toBeCloseTo(0.6, 1);
    expect(step.shares.reduce((sum, share) => sum + share.seconds, 0)).toBeCloseTo(step.excessSeconds, 6);
    const blamed = new Map(step.concurrent.map((one) => [one.process, one.blamedSeconds]));
    expect(blamed.get("reindex")).toBeCloseTo(step.shares[0]!.seconds, 6);
    expect(blamed.get("cleanup")).toBe(0);
    expect(step.text).toContain("told from its run as a whole, by the time that each ran beside this step");
  });

  test("is told in short in the list of deviating runs, where it is asked for, and is the same", async () => {
    const listed = async (query: string) => {
      const { body } = await under.ask("GET", `/deviations?from=2026-10-25T00:00:00Z${query}`);
      return list(deviatingExecution).parse(body).items;
    };
    const told = await listed("&verdicts=true");
    const recent = told.filter(({ verdict }) => verdict !== undefined);
    expect(recent.length).toBeGreaterThan(0);
    for (const { execution, verdict, blamed, blamedSeconds } of recent) {
      expect([verdict, blamed]).toEqual(["culprit", ["reindex"]]);
      const why = await explain(execution.id);
      expect(why.verdict).toBe(verdict);
      expect(why.shares[0]!.seconds).toBeCloseTo(blamedSeconds!, 6);
    }
    const plain = told.map(({ execution, normal, excessSeconds, deviation }) => ({
      execution,
      normal,
      excessSeconds,
      deviation,
    }));
    expect(await listed("")).toEqual(plain);
  });
});

describe("the schedule", () => {
  test("is advised with the gain of each move, and what-if agrees with it", async () => {
    const answer = scheduleAdvice.parse((await under.ask("GET", "/schedule/advice")).body);
    const [first] = answer.advice;
    expect(["backup", "report", "reindex"]).toContain(first!.process);
    expect(first!.low).toBeGreaterThan(0);
    expect(first!.startsNow).toHaveLength(3);
    const { process, machine, shiftSeconds, savingSeconds } = first!;
    const { body } = await under.ask("POST", "/schedule/what-if", {
      body: { moves: [{ process, machine, shiftSeconds }] },
    });
    const whatIf = whatIfSchema.parse(body);
    expect(whatIf.savingSeconds).toBeCloseTo(savingSeconds, 6);
    expect(whatIf.fittedAt).toBe(answer.fittedAt);
    expect(whatIf.text).toContain(`\`${process}\``);
    const elsewhere = await under.ask("GET", "/schedule/advice?machine=web1");
    expect(scheduleAdvice.parse(elsewhere.body).advice).toEqual([]);
  });

  test("is told of another window when it is asked for, and what-if answers of that one", async () => {
    const window = { from: "2026-10-20T00:00:00Z", to: "2026-11-18T00:00:00Z" };
    const { body } = await under.ask("GET", `/schedule/advice?from=${window.from}&to=${window.to}`);
    const answer = scheduleAdvice.parse(body);
    expect(answer.window.to).toMatch(/^2026-11-18/);
    const { process, machine, shiftSeconds, savingSeconds } = answer.advice[0]!;
    const moves = [{ process, machine, shiftSeconds }];
    const asked = await under.ask("POST", "/schedule/what-if", { body: { moves, ...window } });
    const whatIf = whatIfSchema.parse(asked.body);
    expect(whatIf.window).toEqual(answer.window);
    expect(whatIf.savingSeconds).toBeCloseTo(savingSeconds, 6);
  });

  test("names what starts in the same minute on one machine", async () => {
    const herds = async (query = "") =>
      scheduleAdvice.parse((await under.ask("GET", `/schedule/advice${query}`)).body).herds;
    const [herd, ...others] = await herds();
    expect(others).toEqual([]);
    expect(herd).toMatchObject({ machine: "web1", startsAt: ["12:00"], zone: "UTC", runs: 20 });
    expect(herd!.processes.map(({ process }) => process).toSorted()).toEqual(["logs", "stats"]);
    expect(herd!.text).toMatch(/on `web1` start in the same minute, at 12:00 \(UTC\)/);
    expect(await herds("?process=mail")).toEqual([]);
    expect(await herds("?process=logs")).toEqual([herd]);
  });

  test.each([
    [{ process: "reindex", machine: "nowhere", shiftSeconds: 60 }, 404],
    [{ process: "nobody", machine: "db1", shiftSeconds: 60 }, 404],
    [{ process: "reindex", machine: "web1", shiftSeconds: 60 }, 404],
    [{ process: "reindex", machine: "db1", shiftSeconds: 1e9 }, 400],
  ])("a move of %j is answered %i", async (move, status) => {
    const answer = await under.ask("POST", "/schedule/what-if", { body: { moves: [move] } });
    expect(answer.status).toBe(status);
  });
});
