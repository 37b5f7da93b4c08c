/** Five machines on a network of their own, whose cables are pulled and whose agents are killed and stopped. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeIntake } from "@culprit/agent";
import {
  availability,
  formatInstant,
  list,
  machine,
  seriesAnswer,
  type HubClient,
  type Machine,
  type MachineState,
} from "@culprit/protocol";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { addMachine, adminClient, answering, freePort, Killable } from "./hub-process.ts";
import { compareWithStore, ledgerRun } from "./ledger.ts";
import { PrivateNetwork } from "./private-network.ts";
import { adminPassword, culprit } from "./system.ts";

const names = ["cut", "killed", "stopped", "slow", "peer"] as const;
type Name = (typeof names)[number];
const within = { timeout: 30_000, interval: 200 };

let folder: string;
let net: PrivateNetwork;
let hub: Killable;
let address: string;
let client: HubClient;
const agents = new Map<Name, { settings: Record<string, string>; wrapper: string[]; process: Killable }>();
const recorded = new Set<string>();
let writing: Promise<void>;
const over = new AbortController();

const hubSettings = {
  CULPRIT_INSECURE_HTTP: "true",
  CULPRIT_CHANNEL_PING_SECONDS: "2",
  CULPRIT_HEALTH_SAMPLES_SECONDS: "6",
  CULPRIT_HEALTH_LOOK_SECONDS: "1",
  CULPRIT_HEALTH_LOOK_AGAIN_SECONDS: "2",
};

function startOne(name: Name, more: Record<string, string> = {}): void {
  const agent = agents.get(name)!;
  agent.process = new Killable([culprit, "agent"], { ...agent.settings, ...more }, agent.wrapper);
  agent.process.start();
}

/** A run each second on each machine, as its jobs would leave them, whatever becomes of its agent. */
async function keepWriting(): Promise<void> {
  for (let number = 0; !over.signal.aborted; number++) {
    for (const name of names) {
      await writeIntake(join(folder, name, "intake"), ledgerRun(`${name} ${number}`));
      recorded.add(`${name} ${number}`);
    }
    await sleep(1000);
  }
}

describe.skipIf(process.getuid?.() !== 0)("machines on a network", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "culprit-fleet-"));
    net = new PrivateNetwork();
    const port = await freePort();
    hub = new Killable([culprit, "hub"], {
      CULPRIT_DATA_DIR: join(folder, "hub"),
      CULPRIT_LISTEN: `0.0.0.0:${port}`,
      CULPRIT_ADMIN_PASSWORD: adminPassword,
      CULPRIT_CHECKS_INTERNAL_TARGETS: net.network,
      ...hubSettings,
    });
    hub.start();
    address = `http://127.0.0.1:${port}`;
    await answering(`${address}/readyz`, hub);
    client = await adminClient(address);
    const allowed = join(folder, "allowed.yaml");
    await writeFile(allowed, `probes: [${net.network}]\n`, { mode: 0o644 });
    for (const name of names) {
      const { token } = await addMachine(address, name);
      await mkdir(join(folder, name), { recursive: true });
      const settings = {
        CULPRIT_HUB: `http://${net.hubHost}:${port}`,
        CULPRIT_ALLOW_PLAIN_HTTP: "true",
        CULPRIT_TOKEN: token,
        CULPRIT_DATA_DIR: join(folder, name, "data"),
        CULPRIT_INTAKE: join(folder, name, "intake"),
        CULPRIT_ALLOWED_FILE: allowed,
        CULPRIT_COLLECT_HOST_SECONDS: "1",
        CULPRIT_COLLECT_BUSY_SECONDS: "60",
      };
      const wrapper = net.add(name);
      agents.set(name, { settings, wrapper, process: new Killable([], {}) });
      startOne(name);
    }
    await vi.waitFor(async () => {
      const all = await machines();
      // Each has shown that it answers pings.
      expect(all.every(({ state, probeAnsweredAt }) => state === "online" && probeAnsweredAt)).toBe(true);
    }, within);
    writing = keepWriting();
  });

  afterAll(async () => {
    over.abort();
    await writing;
    for (const { process } of agents.values()) await process.end("SIGKILL");
    await hub.end("SIGTERM");
    net.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test("cut, killed, stopped and slow: each is classified rightly within 30 s, and recovers", async () => {
    net.cable("cut", "down");
    await agents.get("killed")!.process.end("SIGKILL");
    agents.get("stopped")!.process.freeze();
    await agents.get("slow")!.process.end("SIGTERM");
    // Its sampler stands still, all else of it works.
    startOne("slow", {
      CULPRIT_COLLECT_HOST_SECONDS: "3600",
      CULPRIT_COLLECT_OS_PROCESS_SECONDS: "3600",
      CULPRIT_COLLECT_BUSY_SECONDS: "3600",
    });
    await expect
      .poll(states, within)
      .toEqual({ ...allOnline, cut: "down", killed: "late", stopped: "late", slow: "late" });
    expect(await codes("cut")).toEqual(["not-heard", "no-answer", "peers-see-nothing", "others-heard"]);
    expect((await codes("killed")).slice(0, 2)).toEqual(["not-heard", "answers"]);
    expect((await codes("stopped")).slice(0, 2)).toEqual(["not-heard", "answers"]);
    expect(await codes("slow")).toEqual(["heard", "samples-lag"]);

    net.cable("cut", "up");
    startOne("killed");
    process.kill(-agents.get("stopped")!.process.pid, "SIGCONT");
    await agents.get("slow")!.process.end("SIGTERM");
    startOne("slow");
    await expect.poll(states, within).toEqual(allOnline);
  });

  test("what the hub sends is lost on the way: peers see the machine, so it is unreachable and not down", async () => {
    net.loseOnTheWayTo("cut");
    await expect.poll(states, within).toEqual({ ...allOnline, cut: "unreachable" });
    expect(await codes("cut")).toEqual(["not-heard", "no-answer", "peers-see"]);
    net.findAgain("cut");
    await expect.poll(states, within).toEqual(allOnline);
  });

  test("a hub that is cut off itself calls nobody down", async () => {
    net.hubCable("down");
    await expect.poll(async () => (await codes("peer"))[0], within).toBe("hub-cut-off");
    expect(new Set(Object.values(await states()))).toEqual(new Set(["silent"]));
    net.hubCable("up");
    await expect.poll(states, within).toEqual(allOnline);
    const { blind } = await client.get("/machines/peer/availability", availability);
    expect(blind).toMatchObject([{ cause: "hub-cut-off" }]);
  });

  test("one that a person pauses is paused, and what happens to it meanwhile is no incident", async () => {
    await client.request("PATCH", "/machines/stopped", machine, { json: { paused: true } });
    expect((await states()).stopped).toBe("paused");
    agents.get("stopped")!.process.freeze();
    await sleep(3500);
    expect((await states()).stopped).toBe("paused");
    process.kill(-agents.get("stopped")!.process.pid, "SIGCONT");
    await client.request("PATCH", "/machines/stopped", machine, { json: { paused: false } });
    await expect.poll(states, within).toEqual(allOnline);
    const { incidents, seconds } = await client.get("/machines/stopped/availability", availability);
    expect(incidents).toEqual([]);
    expect(seconds.paused).toBeGreaterThan(2);
  });

  test("nothing was lost: each run is there once, and no second of the machine that was cut is missing", async () => {
    over.abort();
    await writing;
    await expect.poll(async () => (await compareWithStore(recorded, client)).lost, within).toEqual([]);
    expect((await compareWithStore(recorded, client)).doubled).toEqual([]);
    const { incidents } = await client.get("/machines/cut/availability", availability);
    const told = incidents.map(({ kind, cause }) => [kind, ...cause.map(({ code }) => code)]);
    const unreachable = ["unreachable", "not-heard", "no-answer", "peers-see"];
    expect(told[0]).toEqual(unreachable);
    expect(told.at(-1)).toEqual(["down", "not-heard", "no-answer", "peers-see-nothing", "others-heard"]);
    // When its cable is back peers may see it a moment before the hub does.
    expect([[], [unreachable]]).toContainEqual(told.slice(1, -1));
    const down = incidents.at(-1)!;
    const { series } = await client.get("/metrics/series", seriesAnswer, {
      machine: "cut",
      metric: "system.memory.usage",
      from: formatInstant(Math.floor(Date.parse(down.start) / 1000) * 1_000_000),
      to: formatInstant(Math.floor(Date.parse(down.end!) / 1000) * 1_000_000),
      stepSeconds: 1,
    });
    const values = series[0]!.values;
    // A gap of more than two seconds is told by a null; what is missing at an end shows in the length.
    expect(values.length).toBeGreaterThan(0.8 * down.seconds);
    expect(values.filter((value) => value === null)).toEqual([]);
  });
});

const allOnline: Record<Name, MachineState> = {
  cut: "online",
  killed: "online",
  stopped: "online",
  slow: "online",
  peer: "online",
};

const machines = async (): Promise<Machine[]> => (await client.get("/machines", list(machine))).items;
const states = async () => Object.fromEntries((await machines()).map(({ name, state }) => [name, state]));
const codes = async (name: Name) =>
  ((await machines()).find((one) => one.name === name)?.evidence ?? []).map(({ code }) => code);
