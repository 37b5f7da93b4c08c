/**
 * The network of some machines fails for ten minutes, each in another way, while all go on recording runs and samples: what
 * the hub says of each and how soon, how soon all of it is back, and whether anything is lost or there twice. Then the hub
 * itself stands still, and is cut off. Real agents in network namespaces; as root.
 *
 *     npm run bench -- cut [--minutes 10] [--asleep 120]
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { addMachine, adminClient, answering, freePort, Killable } from "../../e2e/hub-process.ts";
import { PrivateNetwork } from "../../e2e/private-network.ts";
import { adminPassword, culprit } from "../../e2e/system.ts";
import { askLive, liveOfLostMachine } from "./live.ts";
import { MachineWatch, sockets } from "./machine-watch.ts";
import { missingSteps, RunWriter } from "./runs.ts";
import { SlowWay } from "./slow-way.ts";
import { States } from "./states.ts";

type Trouble = { what: string; begin: () => void; end: () => void };
type Agent = { process: Killable; watch: MachineWatch; runs: RunWriter; wrapper: string[] };

const backWithinSeconds = 180;

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: { minutes: { type: "string", default: "10" }, asleep: { type: "string", default: "120" } },
  });
  if (process.getuid?.() !== 0) throw new Error("network namespaces need root");
  const folder = await mkdtemp(join(tmpdir(), "culprit-cut-"));
  const net = new PrivateNetwork();
  const port = await freePort();
  const hub = new Killable([culprit, "hub"], {
    CULPRIT_DATA_DIR: join(folder, "hub"),
    CULPRIT_LISTEN: `0.0.0.0:${port}`,
    CULPRIT_ADMIN_PASSWORD: adminPassword,
    CULPRIT_INSECURE_HTTP: "true",
    CULPRIT_CHECKS_INTERNAL_TARGETS: net.network,
  });
  hub.start();
  const address = `http://127.0.0.1:${port}`;
  await answering(`${address}/readyz`, hub);
  const client = await adminClient(address);
  const slowWay = await SlowWay.to(port, net.hubHost);
  const agents = new Map<string, Agent>();
  const allowed = join(folder, "allowed.yaml");
  await writeFile(allowed, `probes: [${net.network}]\n`, { mode: 0o644 });

  const start = async (name: string) => {
    const { token } = await addMachine(address, name);
    const dataDir = join(folder, name, "data");
    const intake = join(folder, name, "intake");
    await mkdir(join(folder, name), { recursive: true });
    const wrapper = net.add(name);
    const process = new Killable(
      [culprit, "agent"],
      {
        CULPRIT_HUB: `http://${net.hubHost}:${name === "slow" ? slowWay.port : port}`,
        CULPRIT_ALLOW_PLAIN_HTTP: "true",
        CULPRIT_TOKEN: token,
        CULPRIT_DATA_DIR: dataDir,
        CULPRIT_INTAKE: intake,
        CULPRIT_ALLOWED_FILE: allowed,
        CULPRIT_OBSERVE_CRON: "false",
        CULPRIT_OBSERVE_SYSTEMD: "false",
      },
      wrapper,
    );
    process.start();
    const watch = new MachineWatch(wrapper, dataDir);
    agents.set(name, { process, watch, runs: new RunWriter(client, name, intake), wrapper });
  };

  const troubles: Record<string, Trouble> = {
    cut: {
      what: "cable pulled",
      begin: () => net.cable("cut", "down"),
      end: () => net.cable("cut", "up"),
    },
    deaf: {
      what: "what the hub sends is lost",
      begin: () => net.loseOnTheWayTo("deaf"),
      end: () => net.findAgain("deaf"),
    },
    mute: {
      what: "what it sends to the hub is lost",
      begin: () => net.loseOnTheWayFrom("mute"),
      end: () => net.findAgain("mute"),
    },
    narrow: {
      what: "32 kbit/s",
      begin: () => net.narrow("narrow", 32),
      end: () => net.narrow("narrow", null),
    },
    slow: {
      what: "the hub's answers 8 s late",
      begin: () => (slowWay.seconds = 8),
      end: () => (slowWay.seconds = 0),
    },
    stopped: {
      what: "agent stopped (SIGSTOP)",
      begin: () => agents.get("stopped")!.process.freeze(),
      end: () => process.kill(-agents.get("stopped")!.process.pid, "SIGCONT"),
    },
    well: { what: "nothing", begin: () => {}, end: () => {} },
  };
  const names = Object.keys(troubles);

  const over = new AbortController();
  const writing = new AbortController();
  let background: Promise<unknown> = Promise.resolve();
  try {
    for (const name of names) await start(name);
    const states = new States(client);
    await until(120, async () => {
      await states.look();
      return names.every((name) => states.stateOf(name) === "online");
    });
    // Each has to be seen to answer pings before its silence means anything, and has to have sent its first samples.
    await sleep(40_000);
    const began = Date.now();
    background = Promise.all([
      every(over.signal, 500, () => states.look().catch(() => undefined)),
      every(over.signal, 1000, () => Promise.all([...agents.values()].map(({ watch }) => watch.look()))),
    ]);
    const writer = every(writing.signal, 1000, () =>
      Promise.all([...agents.values()].map(({ runs }) => runs.make())),
    );
    await sleep(10_000);

    for (const { begin } of Object.values(troubles)) begin();
    states.restart();
    const seconds = Number(values.minutes) * 60;
    const live = askLive(client, "well", Math.min(200, Math.floor(seconds / 1.2)));
    const lostLive = liveOfLostMachine(client, "cut", 25);
    await sleep(seconds * 1000);
    const during = new Map(
      names.map((name) => [name, { changes: states.changesOf(name), evidence: states.evidenceOf(name) }]),
    );
    for (const name of names) agents.get(name)!.runs.mark();

    for (const { end } of Object.values(troubles)) end();
    states.restart();
    const stored = new Map<string, number>();
    await until(backWithinSeconds, async () => {
      for (const [name, { runs }] of agents)
        if (!stored.has(name) && (await runs.markedAreStored())) stored.set(name, states.seconds);
      return stored.size === names.length && names.every((name) => states.stateOf(name) === "online");
    });
    const back = new Map(
      names.map((name) => [name, states.changesOf(name).findLast(({ state }) => state === "online")]),
    );
    console.log(`\n${values.minutes} minutes; then all is mended at once\n`);
    for (const name of names) {
      const { changes, evidence } = during.get(name)!;
      console.log(`${name.padEnd(8)} ${troubles[name]!.what}: ${told(changes)}${because(evidence)}`);
    }
    console.log(`\nGET /machines/well/live: ${await live}`);
    console.log(`GET /machines/cut/live: ${(await lostLive).join("; ")}`);

    writing.abort();
    await writer;
    const rows: Record<string, object> = {};
    for (const [name, agent] of agents) {
      await until(60, () => agent.runs.allAreStored());
      const { made, stored: found, doubled } = await agent.runs.count();
      const { watch } = agent;
      // Of a server on all addresses ss tells those of IPv4 as [::ffff:...].
      const ofHub = (await sockets([], `sport = :${port}`)).filter(({ other }) =>
        other.replace(/^\[::ffff:|\]/g, "").startsWith(`${net.addressOf(name)}:`),
      );
      rows[name] = {
        "online again s": back.get(name)?.seconds.toFixed(1) ?? "never left",
        "all there s": stored.get(name)?.toFixed(1) ?? `not in ${backWithinSeconds}`,
        "runs made": made,
        stored: found,
        doubled,
        "10 s steps missing": await missingSteps(client, name, began),
        "spool peak kB": Math.round(watch.spoolPeakBytes / 1000),
        "longest wait s": watch.longestWaitSeconds.toFixed(0),
        "most sockets": watch.mostSockets,
        "left: agent": countStates(await sockets(agent.wrapper)),
        "left: hub": name === "slow" ? "-" : countStates(ofHub),
      };
    }
    console.log("");
    console.table(rows);
    const asleep = Number(values.asleep);
    for (const line of await theHubItself({ states, hub, net, names, asleep })) console.log(line);
  } finally {
    writing.abort();
    over.abort();
    await background.catch(() => undefined);
    for (const { process: agent } of agents.values()) await agent.end("SIGKILL");
    await slowWay.close();
    await hub.end("SIGKILL");
    net.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Stopped for a while, and with its own cable pulled: what it says of the machines after and during that. */
async function theHubItself({
  states,
  hub,
  net,
  names,
  asleep,
}: {
  states: States;
  hub: Killable;
  net: PrivateNetwork;
  names: readonly string[];
  asleep: number;
}): Promise<string[]> {
  const lines: string[] = [];
  const allOnline = () => names.every((name) => states.stateOf(name) === "online");
  const said = () => [...new Set(names.flatMap((name) => states.changesOf(name).map(({ state }) => state)))];
  const line = (what: string) => {
    const last = Math.max(0, ...names.map((name) => states.changesOf(name).at(-1)?.seconds ?? 0));
    lines.push(
      `${what}: said ${said().join(", ") || "nothing but online"}; all online ${last.toFixed(0)} s after`,
    );
  };
  hub.freeze();
  await sleep(asleep * 1000);
  states.restart();
  process.kill(-hub.pid, "SIGCONT");
  await sleep(60_000);
  await until(120, async () => allOnline());
  line(`hub stopped for ${asleep} s`);

  net.hubCable("down");
  states.restart();
  await sleep(90_000);
  const meanwhile = said();
  const evidence = states.evidenceOf(names[0]!);
  net.hubCable("up");
  states.restart();
  await sleep(5000);
  await until(120, async () => allOnline());
  lines.push(`hub's cable pulled for 90 s: said ${meanwhile.join(", ")} (${evidence.join(", ")})`);
  line("its cable back");
  return lines;
}

const told = (changes: ReturnType<States["changesOf"]>): string =>
  changes.map(({ state, seconds }) => `${state} after ${seconds.toFixed(0)} s`).join(", ") ||
  "online all the time";
const because = (evidence: readonly string[]): string =>
  evidence.length === 0 ? "" : ` (${evidence.join(", ")})`;

function countStates(found: readonly { state: string }[]): string {
  const counts = new Map<string, number>();
  for (const { state } of found) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(", ") || "0";
}

async function every(signal: AbortSignal, millis: number, action: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    const begun = performance.now();
    await action();
    await sleep(Math.max(0, millis - (performance.now() - begun)), undefined, { signal }).catch(
      () => undefined,
    );
  }
}

/** Looks each second, for so many seconds at most: what is not so then shows in the table. */
async function until(seconds: number, reached: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end && !(await reached())) await sleep(1000);
}
