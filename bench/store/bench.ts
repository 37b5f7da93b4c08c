/**
 * What the embedded store costs by itself: OS-process rows taken in until COMMIT, and their bytes on disk after a checkpoint.
 *
 *     npm run bench -- store [--rows 150000] [--rounds 3]
 */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openStore } from "../../packages/hub/src/store/open.ts";
import type { IntakeBatch } from "../../packages/hub/src/store/store.ts";

const machines = 50;
const processes = 300;
const valuesPerRow = 18;
const start = Date.UTC(2026, 10, 20) * 1000;
const second = 1_000_000;

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: { rows: { type: "string", default: "150000" }, rounds: { type: "string", default: "3" } },
  });
  const snapshots = Math.ceil(Number(values.rows) / machines / processes);
  const rows = snapshots * machines * processes;
  console.log(
    `${rows.toLocaleString("en")} OS-process rows, ${machines * snapshots} batches, groups of ${machines}\n`,
  );
  console.log("round   CPU s  rows/CPU s  wall s  bytes/value on disk");
  for (let round = 1; round <= Number(values.rounds); round++) {
    const { cpuSeconds, wallSeconds, bytes } = await measure(snapshots);
    const columns = [
      cpuSeconds.toFixed(3).padStart(8),
      Math.round(rows / cpuSeconds)
        .toLocaleString("en")
        .padStart(12),
      wallSeconds.toFixed(3).padStart(8),
      (bytes / rows / valuesPerRow).toFixed(2).padStart(21),
    ];
    console.log(String(round).padStart(5) + columns.join(""));
  }
}

async function measure(snapshots: number) {
  const folder = await mkdtemp(join(tmpdir(), "culprit-bench-store-"));
  try {
    const file = join(folder, "culprit.duckdb");
    const store = await openStore(`duckdb:${file}`, { clock: { now: () => start } });
    const machineIds: number[] = [];
    for (let machine = 0; machine < machines; machine++)
      machineIds.push((await store.machines.create(`machine-${machine}`, start))!);
    const groups = Array.from({ length: snapshots }, (_, snapshot) =>
      machineIds.map((machineId) => batchOf(machineId, snapshot)),
    );
    const { size: before } = await stat(file);
    const cpu = process.cpuUsage();
    const begun = performance.now();
    for (const group of groups) {
      const { batches } = await store.intake.commit(group, []);
      if (batches.some(({ status }) => status !== "stored")) throw new Error("a batch was not stored");
    }
    const wallSeconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    await store.close();
    return { cpuSeconds: (user + system) / 1e6, wallSeconds, bytes: (await stat(file)).size - before };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function each<T>(value: (process: number) => T): T[] {
  return Array.from({ length: processes }, (_, index) => value(index));
}

/** A snapshot of one machine: most processes idle, a few busy. */
function batchOf(machineId: number, snapshot: number): IntakeBatch {
  const at = start + snapshot * 60 * second;
  const busy = (process: number): boolean => (process * 7 + snapshot) % 10 === 0;
  return {
    machineId,
    stream: "stream-one",
    sequence: snapshot + 1,
    digest: `${machineId} ${snapshot}`,
    dropped: [],
    receivedAt: at,
    executions: [],
    points: null,
    osProcesses: {
      at: each(() => at),
      intervalSeconds: each(() => 60),
      uid: each((i) => (((machineId * 1000 + i) * 2_654_435_761) % 2 ** 48).toString(16).padStart(16, "0")),
      pid: each((i) => 100 + i * 13),
      parentPid: each((i) => 1 + (i % 40)),
      name: each((i) => `program-${i % 90}`),
      user: each((i) => ["root", "www-data", "postgres"][i % 3]!),
      startedAt: each((i) => start - i * 977 * second),
      cpuSeconds: each((i) => (busy(i) ? ((i * 31 + snapshot * 17) % 500) / 100 : 0)),
      cpuPercent: each((i) => (busy(i) ? ((i * 31 + snapshot * 17) % 500) / 60 : 0)),
      cpuTotalSeconds: each((i) => (i * 977 + snapshot * 3) / 100),
      threads: each((i) => 1 + (i % 8)),
      rssBytes: each((i) => (1000 + i * 57 + (busy(i) ? snapshot : 0)) * 4096),
      memoryPercent: each((i) => Math.round(i * 5.7) / 100),
      ioReadBytes: each((i) => (i % 5 === 0 ? null : busy(i) ? 4096 * (snapshot % 9) : 0)),
      ioWriteBytes: each((i) => (i % 5 === 0 ? null : busy(i) ? 4096 * (i % 11) : 0)),
      ioOperations: each((i) => (i % 5 === 0 ? null : busy(i) ? i % 20 : 0)),
      runQueueSeconds: each((i) => (busy(i) ? (i % 50) / 10 : 0)),
      arguments: each(() => null),
    },
    computer: null,
    deadLetters: [],
  };
}

if (import.meta.filename === process.argv[1]) await run(process.argv.slice(2));
