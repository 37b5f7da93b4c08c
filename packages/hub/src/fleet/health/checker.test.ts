/** The checker on a store of its own; machines answer as a test says, and time passes as a test says. */
import type { MachineState, Sighting } from "@culprit/protocol";
import Fastify from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hubSettings } from "../../settings.ts";
import { openStore } from "../../store/open.ts";
import type { Store } from "../../store/store.ts";
import { Fleet } from "../fleet.ts";
import { Checker } from "./checker.ts";
import { Health } from "./health.ts";
import { Targets } from "./targets.ts";

const second = 1_000_000;
const start = Date.UTC(2026, 10, 23, 3) * 1000;
/** `agent`: it is heard; `samples`: they come; `pings`: its address answers; `seenBy`: peers that see it. */
type Machine = { id: number; agent: boolean; samples: boolean; pings: boolean; seenByPeers: boolean | null };

let store: Store;
let now: number;
let running: number;
let fleet: Fleet;
let health: Health;
let checker: Checker;
let targets: Targets;
let machines: Map<string, Machine>;
let hub: { connected: boolean; gateway: { address: string | null; answers: boolean } };
const log = Fastify({ logger: false }).log;
const clock = { now: () => now };

const addressOf = (id: number) => `10.0.0.${id}`;
const byAddress = (address: string) => [...machines.values()].find(({ id }) => addressOf(id) === address);

function open(): void {
  health = new Health(store.health, clock);
  const sight = async (address: string): Promise<Sighting> => {
    if (address === hub.gateway.address) return { answered: hub.gateway.answers && hub.connected, text: "" };
    return { answered: hub.connected && byAddress(address)?.pings === true, text: "" };
  };
  const settings = hubSettings.parse({});
  targets = new Targets({ health, sight, mayReach: () => true, atOnce: 10 });
  checker = new Checker({
    settings: settings.health,
    contactSeconds: 18,
    store: store.health,
    severalHubs: false,
    clock,
    monotonic: () => running,
    fleet,
    channels: {
      connected: (id) => byAddress(addressOf(id))?.agent === true,
      ping(id) {
        if (hub.connected && byAddress(addressOf(id))?.agent) fleet.heard(id);
        return true;
      },
    },
    health,
    targets,
    peers: {
      ask: async (peers, address) => {
        const seen = byAddress(address)?.seenByPeers ?? null;
        const names = hub.connected ? peers.slice(0, 2).map(({ name }) => name) : [];
        return { see: seen === true ? names : [], seeNothing: seen === false ? names : [] };
      },
    },
    sight,
    network: { own: () => new Set(["10.0.0.250"]), gateway: async () => hub.gateway.address },
    log,
  });
}

beforeEach(async () => {
  now = start;
  running = 0;
  hub = { connected: true, gateway: { address: null, answers: false } };
  store = await openStore("duckdb::memory:", { clock });
  fleet = new Fleet(store.machines, clock);
  machines = new Map();
  open();
});
afterEach(() => store.close());

async function add(...names: string[]): Promise<void> {
  await enrol(names);
  await checker.begin();
  await pass(20);
}

async function enrol(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const id = (await fleet.create(name))!;
    machines.set(name, { id, agent: true, samples: true, pings: true, seenByPeers: null });
    health.heardFrom(id, addressOf(id));
  }
}

/** Agents are heard each five seconds, and send what they sampled each ten. */
async function pass(seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 1) {
    now += second;
    running += second;
    const at = Math.round((now - start) / second);
    for (const { id, agent, samples } of machines.values()) {
      if (!agent || !hub.connected) continue;
      if (at % 5 === 0) fleet.heard(id);
      if (samples && at % 10 === 0) fleet.sampled(id, now);
    }
    if (at % 2 === 0) {
      await checker.turn();
      await checker.settled();
    }
  }
}

const told = (name: string) => health.of(fleet.find(name)!, machines.get(name)!.agent);
const states = () => Object.fromEntries([...machines.keys()].map((name) => [name, told(name).state]));
const change = (name: string, what: Partial<Machine>) => Object.assign(machines.get(name)!, what);
const gone = { agent: false, pings: false } as const;
const codes = (name: string) => told(name).evidence.map(({ code }) => code);

/** Seconds until the machine is in the state. */
async function until(name: string, state: MachineState): Promise<number> {
  for (let seconds = 0; seconds <= 60; seconds += 1) {
    if (told(name).state === state) return seconds;
    await pass(1);
  }
  throw new Error(`${name} is ${told(name).state}`);
}

test("each is classified rightly within 30 s, with what shows it, and recovers at the next sign of life", async () => {
  await enrol(["mute"]);
  change("mute", { pings: false });
  await add("good", "cut", "unseen", "killed", "slow", "paused");
  await fleet.change(machines.get("paused")!.id, { paused: true });
  await pass(60);
  expect(new Set(Object.values(states()))).toEqual(new Set(["online", "paused"]));
  const before = now;
  change("cut", { ...gone, seenByPeers: false });
  change("unseen", { ...gone, seenByPeers: true });
  change("killed", { agent: false });
  change("slow", { samples: false });
  change("mute", { agent: false });
  await pass(30);
  expect(states()).toEqual({
    good: "online",
    cut: "down",
    unseen: "unreachable",
    killed: "late",
    slow: "late",
    mute: "silent",
    paused: "paused",
  });
  expect(told("cut").evidence).toMatchObject([
    { code: "not-heard" },
    { code: "no-answer", address: addressOf(machines.get("cut")!.id), probe: { kind: "ping" } },
    { code: "peers-see-nothing" },
    { code: "others-heard" },
  ]);
  expect(codes("unseen")).toEqual(["not-heard", "no-answer", "peers-see"]);
  expect(codes("killed")).toEqual(["not-heard", "answers"]);
  expect(codes("slow")).toEqual(["heard", "samples-lag"]);
  expect(told("mute").evidence[1]).toEqual({ code: "nothing-to-probe", reason: "never-answered" });
  // It went when it was last heard, not when that was noticed.
  expect(told("cut").since).toBeLessThanOrEqual(before + second);
  for (const name of machines.keys()) change(name, { agent: true, samples: true });
  await pass(12);
  expect(new Set(Object.values(states()))).toEqual(new Set(["online", "paused"]));
});

test("a hub that was cut off calls nobody down, and says so", async () => {
  await add("a", "b", "c");
  await pass(60);
  const heard = now;
  hub.connected = false;
  await pass(300);
  expect(new Set(Object.values(states()))).toEqual(new Set(["silent"]));
  expect(codes("a")).toEqual(["hub-cut-off"]);
  hub.connected = true;
  await pass(20);
  expect(new Set(Object.values(states()))).toEqual(new Set(["online"]));
  const whole = { from: start, to: now };
  expect((await store.health.transitions(whole)).map(({ state }) => state)).not.toContain("down");
  const [blind, ...more] = await store.health.blindTimes(whole);
  expect(more).toEqual([]);
  expect(blind).toMatchObject({ cause: "hub-cut-off" });
  expect(Math.abs(blind!.beganAt - heard)).toBeLessThan(6 * second);
  expect(blind!.endedAt).toBeGreaterThan(heard + 300 * second);
});

test("a single machine that is gone is down if the gateway answers, and unknown if it does not", async () => {
  hub.gateway = { address: "10.0.0.254", answers: true };
  await add("x", "only");
  await fleet.remove(machines.get("x")!.id);
  machines.delete("x");
  await pass(30);
  change("only", gone);
  await pass(30);
  expect(states()).toEqual({ only: "down" });
  expect(codes("only")).toContain("gateway-answers");
  change("only", { agent: true, pings: true });
  await pass(60);
  hub.connected = false;
  await pass(60);
  expect(codes("only")).toEqual(["hub-cut-off"]);
});

test("the time in which its agent was started again is not taken for how often a machine samples", async () => {
  await add("a", "b");
  await pass(60);
  change("a", { agent: false });
  await pass(24);
  change("a", { agent: true });
  await pass(20);
  change("a", { samples: false });
  expect(await until("a", "late")).toBeLessThanOrEqual(42);
});

test("a process that was stopped, and a clock that was set, make nobody silent", async () => {
  await add("a", "b");
  await pass(60);
  now += 3600 * second;
  running += 3600 * second;
  await pass(40);
  expect(states()).toEqual({ a: "online", b: "online" });
  now -= 7200 * second;
  await pass(40);
  expect(states()).toEqual({ a: "online", b: "online" });
  change("a", gone);
  await pass(40);
  expect(states()).toEqual({ a: "down", b: "online" });
  const found = await store.health.transitions({ from: 0, to: 2 * now });
  expect(found.map(({ state }) => state).filter((state) => state !== "online")).toEqual(["down"]);
  expect(await store.health.blindTimes({ from: 0, to: 2 * now })).toMatchObject([{ cause: "hub-stalled" }]);
});

test("a restart keeps what was believed, and the time between is nobody's", async () => {
  await add("a", "b", "c");
  await pass(60);
  change("a", gone);
  expect(await until("a", "down")).toBeLessThanOrEqual(30);
  await health.flush();
  await fleet.flush();
  const ended = now;
  now += 1800 * second;
  change("b", gone);
  open();
  await checker.begin();
  await pass(10);
  expect(states()).toEqual({ a: "down", b: "online", c: "online" });
  await pass(20);
  expect(states()).toEqual({ a: "down", b: "down", c: "online" });
  const [blind] = await store.health.blindTimes({ from: start, to: now });
  expect(blind).toMatchObject({ cause: "hub-away", endedAt: ended + 1800 * second });
  expect(told("b").since).toBeGreaterThanOrEqual(ended + 1800 * second);
});

test("one that only uploads, seldom, is not missed between its uploads", async () => {
  await add("a", "b");
  const { id } = machines.get("b")!;
  const channels = machines.get("b")!;
  channels.agent = false;
  for (let minutes = 0; minutes < 10; minutes += 1) {
    fleet.heard(id);
    fleet.sampled(id, now);
    await pass(60);
  }
  const later = now;
  for (let minutes = 0; minutes < 10; minutes += 1) {
    fleet.heard(id);
    fleet.sampled(id, now);
    await pass(60);
  }
  const found = await store.health.transitions({ from: later, to: now }, [id]);
  expect(found.filter(({ since }) => since > later)).toEqual([]);
});

test("a probe that is tried and answered is known at once, but only if it is the one that is set", async () => {
  await enrol(["db-1"]);
  const { id } = machines.get("db-1")!;
  const ssh = { kind: "tcp", port: 22 } as const;
  expect(await targets.try(id, ssh, clock.now)).toMatchObject({
    result: "answers",
    address: addressOf(id),
    probe: ssh,
  });
  expect(health.watchOf(id).answered).toBeNull();
  await health.setProbe(id, ssh);
  await targets.try(id, ssh, clock.now);
  expect(health.watchOf(id).answered).toMatchObject({ probe: ssh, at: start });
  change("db-1", gone);
  expect(await targets.try(id, ssh, clock.now)).toMatchObject({ result: "no-answer" });
  expect(await targets.try(99, ssh, clock.now)).toEqual({ result: "nothing-to-probe", reason: "no-address" });
});
