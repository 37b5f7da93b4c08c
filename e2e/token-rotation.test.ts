/**
 * An agent that replaces its token and dies, or is cut off, at any moment: with its real files and connections, at a real hub.
 * Whatever happened, it ends with one token that works, and no other of this machine does.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc } from "@fast-check/vitest";
import { formatInstant, HubClient, intakeMarks, microsPerSecond, type HubFetch } from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MachineIdentity } from "../packages/agent/src/channel/machine-identity.ts";
import { KeptToken } from "../packages/agent/src/machine-token/kept-token.ts";
import { machineToken } from "../packages/agent/src/machine-token/machine-token.ts";
import { TokenRotation } from "../packages/agent/src/machine-token/rotation.ts";
import { TokenInUse } from "../packages/agent/src/machine-token/token-in-use.ts";
import { systemClock, type Clock } from "../packages/agent/src/clock.ts";
import { agentSettings } from "../packages/agent/src/settings.ts";
import { hubConnections } from "../packages/agent/src/uplink/hub-fetch.ts";
import { hubUnderTest, type HubUnderTest } from "../packages/hub/src/test/hub-under-test.ts";
import { machineUnderTest } from "../packages/hub/src/test/machine-under-test.ts";

let tested: HubUnderTest;
let hub: string;
const connections = hubConnections();

beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
  await tested.app.listen({ host: "127.0.0.1", port: 0 });
  hub = `http://127.0.0.1:${(tested.app.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  connections.close();
  await tested.close();
});

/** What happens at the so manieth step: power goes; or a request is lost on its way there or back, or the disk fails once. */
type Fault = { what: "dies" | "fails"; step: number };

/** One life of an agent: what it does is counted in steps, at one of which a fault may wait. */
class Life {
  readonly #fault: Fault | null;
  readonly #death: Promise<void>;
  #die = () => {};
  #steps = 0;

  constructor(fault: Fault | null) {
    this.#fault = fault;
    this.#death = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  async step(): Promise<void> {
    const at = this.#steps++;
    if (at !== this.#fault?.step) return;
    if (this.#fault.what === "dies") {
      this.#die();
      await new Promise(() => {});
    } else throw new Error("connection lost, or no space left");
  }

  readonly fetch: HubFetch = async (url, request) => {
    await this.step();
    const response = await connections.fetch(url, request);
    await response.text();
    await this.step();
    return response;
  };

  /** Until it ends or the agent is dead, of whom nothing is heard any more. */
  live(work: () => Promise<void>): Promise<void> {
    // What it can't go on with ends it as well.
    return Promise.race([this.#death, work().catch(() => undefined)]);
  }
}

class MortalToken extends KeptToken {
  readonly #life: Life;

  constructor(dataDir: string, life: Life) {
    super(dataDir);
    this.#life = life;
  }

  async #around(work: () => Promise<void>): Promise<void> {
    await this.#life.step();
    await work();
    await this.#life.step();
  }

  override keepNext(token: string): Promise<void> {
    return this.#around(() => super.keepNext(token));
  }

  override promote(): Promise<void> {
    return this.#around(() => super.promote());
  }

  override dropNext(): Promise<void> {
    return this.#around(() => super.dropNext());
  }
}

/** An agent from its start on; with orders it replaces its token. Answers the token that it goes on with. */
async function agentLives(dataDir: string, fault: Fault | null, ...orders: string[]): Promise<string> {
  const life = new Life(fault);
  const ways = { hub, fetch: life.fetch, clock: hurried, random: () => 0, log: quiet };
  const { signal } = new AbortController();
  let token = "";
  await life.live(async () => {
    const settings = agentSettings.parse({ hub, dataDir });
    const found = await machineToken({ settings, kept: new MortalToken(dataDir, life), ...ways }, signal);
    const inUse = new TokenInUse(found!.token, life.fetch);
    const identity = await MachineIdentity.open(dataDir, found!.token, found!.before);
    const client = new HubClient({ hub, fetch: inUse.fetch });
    const rotation = new TokenRotation({
      ...ways,
      inUse,
      kept: found!.kept,
      client,
      identity,
      onRotated() {},
      signal,
    });
    for (const order of orders) await rotation.rotate(order).catch(() => undefined);
    token = inUse.token;
  });
  return token;
}

/** Nobody waits. */
const hurried: Clock = { ...systemClock, after: (_seconds, action) => systemClock.after(0, action) };
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

async function works(token: string): Promise<boolean> {
  const client = new HubClient({ hub, token, fetch: connections.fetch });
  return client.get("/intake", intakeMarks).then(
    () => true,
    () => false,
  );
}

let numbered = 0;

/** A machine whose agent has that token in its folder. */
async function enrolled() {
  // Who asks with so many tokens that have ended would be taken for one who guesses.
  tested.clock.set(formatInstant(tested.hub.clock.now() + 61 * microsPerSecond));
  const machine = await machineUnderTest(tested, `web-${++numbered}`);
  const dataDir = await mkdtemp(join(tmpdir(), "culprit-rotation-"));
  await new KeptToken(dataDir).keep(machine.token);
  await (await MachineIdentity.open(dataDir, machine.token)).welcome(machine.id).keep();
  return { ...machine, dataDir };
}

const orderFor = async (machineId: number) => {
  const wish = { kind: "rotation", name: "web", machineId, validSeconds: 600 } as const;
  return (await tested.hub.access.issue(wish)).token;
};

test("a token is replaced, and the agent knows after a restart which machine it is", async () => {
  const { machineId, id, token, dataDir } = await enrolled();
  const next = await agentLives(dataDir, null, await orderFor(machineId));
  expect([await works(token), await works(next)]).toEqual([false, true]);
  expect((await readFile(join(dataDir, "machine-token"), "utf8")).trim()).toBe(next);
  expect((await MachineIdentity.open(dataDir, next)).machine).toBe(id);
  expect(await agentLives(dataDir, null)).toBe(next);
  await rm(dataDir, { recursive: true });
});

/** The last steps are those of a start that settles what was left. */
const fault = fc.record({
  what: fc.constantFrom<Fault["what"]>("dies", "fails"),
  step: fc.integer({ min: 0, max: 17 }),
});

test("whatever an agent dies of, one token works in the end, and it is the one that it has", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 4 }), async (faults) => {
      const { machineId, token, dataDir } = await enrolled();
      const had = new Set([token]);
      for (const one of faults) {
        await agentLives(dataDir, one, await orderFor(machineId), await orderFor(machineId));
        for (const path of ["machine-token", "machine-token.next"])
          had.add((await readFile(join(dataDir, path), "utf8").catch(() => token)).trim());
      }
      const last = await agentLives(dataDir, null);
      had.add(last);
      const working = [];
      for (const one of had) if (await works(one)) working.push(one);
      expect(working).toEqual([last]);
      const held = await tested.hub.access.tokens("machine");
      expect(held.filter((row) => row.machineId === machineId)).toHaveLength(1);
      expect((await readdir(dataDir)).toSorted()).toEqual(["machine-identity.json", "machine-token"]);
      await rm(dataDir, { recursive: true });
    }),
    { seed: 8, numRuns: 20 },
  );
});

test("calls that are under way are answered before the token that they bear ends, and those that come then wait", async () => {
  const { machineId, token, dataDir } = await enrolled();
  let goOn = () => {};
  const slow = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const statuses: number[] = [];
  const ways = { hub, clock: hurried, random: () => 0, log: quiet };
  const counted: HubFetch = async (url, request) => {
    if (url.includes("slow")) await slow;
    const response = await connections.fetch(url, request);
    statuses.push(response.status);
    return response;
  };
  const inUse = new TokenInUse(token, counted);
  const client = new HubClient({ hub, fetch: inUse.fetch });
  const { signal } = new AbortController();
  const rotation = new TokenRotation({
    ...ways,
    fetch: connections.fetch,
    inUse,
    kept: new KeptToken(dataDir),
    client,
    identity: await MachineIdentity.open(dataDir, token),
    onRotated() {},
    signal,
  });
  const underWay = client.get("/intake", intakeMarks, { slow: true });
  const rotated = rotation.rotate(await orderFor(machineId));
  await expect.poll(() => statuses).toEqual([204]);
  const later = Promise.all([1, 2, 3].map(() => client.get("/intake", intakeMarks)));
  goOn();
  await Promise.all([underWay, rotated, later]);
  expect(statuses).toEqual([204, 200, 200, 200, 200]);
  expect(inUse.token).not.toBe(token);
  await rm(dataDir, { recursive: true });
});
