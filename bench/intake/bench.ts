/** What taking in OS processes costs a hub: CPU seconds from the first byte to the last COMMIT, and bytes on disk. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  enrollmentTokenCreated,
  HubClient,
  intakeAnswer,
  machineCreated,
  osProcessColumns,
  protocolVersion,
  sessionCreated,
} from "@culprit/protocol";
import { Server } from "./snapshot.ts";

/** What `hub-child.mjs` is asked and says. */
type ToChild = { ask: "cpu" | "stop" };
type FromChild =
  | { kind: "ready"; address: string; once: string }
  | { kind: "cpu"; seconds: number; residentBytes: number };

const machines = 50;
const snapshots = 10;
/** Sent before the measurement begins: a hub runs for months, its first second is not what it costs. */
const warmUpSnapshots = 1;
const processes = 300;
const intervalSeconds = 60;
const rows = machines * snapshots * processes;
const storedRows = rows + machines * warmUpSnapshots * processes;
const valuesPerRow = Object.keys(osProcessColumns).length;

type Upload = Uint8Array<ArrayBuffer>;

export async function run(argv: string[]): Promise<void> {
  const rounds = Number(argv[0] ?? 3);
  const results = [];
  for (let round = 0; round < rounds; round++) results.push(await measure());
  console.log(
    `\n${rows} OS-process rows from ${machines} machines in ${machines * snapshots} batches over HTTP,\n` +
      `after ${machines * warmUpSnapshots * processes} rows to warm up, which are not counted\n`,
  );
  console.log("round  CPU s  wall s  rows/CPU s  wire B/row  disk B/value  hub MB");
  for (const [round, r] of results.entries())
    console.log(
      [
        String(round + 1).padStart(5),
        r.cpuSeconds.toFixed(2).padStart(6),
        r.wallSeconds.toFixed(2).padStart(7),
        Math.round(rows / r.cpuSeconds)
          .toString()
          .padStart(11),
        (r.wireBytes / rows).toFixed(1).padStart(11),
        (r.diskBytes / storedRows / valuesPerRow).toFixed(2).padStart(13),
        (r.residentBytes / 2 ** 20).toFixed(0).padStart(7),
      ].join(" "),
    );
}

async function measure() {
  const dataDir = await mkdtemp(join(tmpdir(), "culprit-intake-"));
  // As deploy/culprit-hub.service runs it: without the loader and the conditions under which the bench itself runs.
  const child = fork(new URL("hub-child.mjs", import.meta.url), [dataDir], {
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  try {
    const ready = await answerOf(child, "ready");
    const clients = await enroll(ready.address, ready.once);
    const uploads = clients.map((_, machine) => uploadsOf(machine));
    const warmUp = uploads.map((ofMachine) => ofMachine.splice(0, warmUpSnapshots));
    const wireBytes = uploads.flat().reduce((sum, upload) => sum + upload.length, 0);
    await Promise.all(clients.map((client, machine) => send(client, warmUp[machine]!)));
    const before = await ask(child);
    const started = performance.now();
    await Promise.all(clients.map((client, machine) => send(client, uploads[machine]!)));
    const wallSeconds = (performance.now() - started) / 1000;
    const after = await ask(child);
    child.send({ ask: "stop" } satisfies ToChild);
    await once(child, "exit");
    return {
      cpuSeconds: after.seconds - before.seconds,
      wallSeconds,
      wireBytes,
      diskBytes: await bytesIn(dataDir),
      residentBytes: after.residentBytes,
    };
  } finally {
    child.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function enroll(hub: string, onceSecret: string): Promise<HubClient[]> {
  const { token } = await new HubClient({ hub }).post("/session", sessionCreated, { once: onceSecret });
  const admin = new HubClient({ hub, token });
  const enrolling = await admin.post("/enrollment-tokens", enrollmentTokenCreated, { uses: machines });
  const enroller = new HubClient({ hub, token: enrolling.token });
  const clients: HubClient[] = [];
  for (let machine = 0; machine < machines; machine++) {
    const created = await enroller.post("/enrollments", machineCreated, { name: `server-${machine}` });
    clients.push(new HubClient({ hub, token: created.token }));
  }
  return clients;
}

function uploadsOf(machine: number): Upload[] {
  const now = Date.now() * 1000;
  const server = new Server(machine + 1, processes, now - 86_400_000_000);
  const all = warmUpSnapshots + snapshots;
  return Array.from({ length: all }, (_, index) => {
    const at = now - (all - index) * intervalSeconds * 1_000_000;
    const batch = {
      protocol: protocolVersion,
      stream: "bench-samples",
      sequence: index + 1,
      kind: "samples",
      osProcesses: server.snapshot(at, intervalSeconds),
    };
    return new Uint8Array(gzipSync(`${JSON.stringify(batch)}\n`, { level: 1 }));
  });
}

async function send(client: HubClient, uploads: readonly Upload[]): Promise<void> {
  for (const bytes of uploads) {
    const body = { bytes, type: "application/x-ndjson", encoding: "gzip" };
    const { acknowledgements } = await client.request("POST", "/intake", intakeAnswer, { body });
    const [one] = acknowledgements;
    if (one?.status !== "stored" || one.rows !== processes || one.rejected.length > 0)
      throw new Error(`the hub did not store a batch: ${JSON.stringify(one)}`);
  }
}

async function ask(child: ChildProcess) {
  child.send({ ask: "cpu" } satisfies ToChild);
  return answerOf(child, "cpu");
}

async function answerOf<K extends FromChild["kind"]>(child: ChildProcess, kind: K) {
  const [message] = (await once(child, "message")) as [FromChild];
  if (message.kind !== kind) throw new Error(`the hub said ${message.kind} instead of ${kind}`);
  return message as Extract<FromChild, { kind: K }>;
}

async function bytesIn(folder: string): Promise<number> {
  const files = await readdir(folder);
  const sizes = await Promise.all(files.map((file) => stat(join(folder, file))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
