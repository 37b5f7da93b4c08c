import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "../open.ts";
import type { IntakeBatch, Store } from "../store.ts";
import { StoreLockedError } from "../store-error.ts";

const clock = { now: () => Date.UTC(2026, 10, 20, 3) * 1000 };
/** Other processes run what `npm test` has built: from the sources each start would take seconds. */
const built = join(import.meta.dirname, "../../../dist/store");
const writer = join(built, "duckdb/writer-child.js");

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "culprit-store-"));
  file = join(folder, "culprit.duckdb");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function withStore<T>(work: (store: Store, warnings: string[]) => Promise<T>): Promise<T> {
  const warnings: string[] = [];
  const store = await openStore(`duckdb:${file}`, { clock, warn: (message) => warnings.push(message) });
  try {
    return await work(store, warnings);
  } finally {
    await store.close();
  }
}

function log(): string {
  return `${file}.wal`;
}

/** Mounts something at the folder; as root only. */
function mount(...options: string[]): number | null {
  return spawnSync("mount", [...options, folder], { stdio: "inherit" }).status;
}

/** What was set aside. */
function kept(): string[] {
  return readdirSync(folder).filter((name) => name.includes(".damaged-"));
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 0x10;
  writeFileSync(path, bytes);
}

async function names(store: Store): Promise<string> {
  return (await store.machines.list()).map(({ name }) => name).join("");
}

/** How many points each batch has in the store; the writer numbers their series by batch. */
async function pointsBySequence(): Promise<number[]> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    "select count(*)::integer from sample group by series_id order by series_id",
  );
  connection.closeSync();
  instance.closeSync();
  return reader.getRows().map(([count]) => Number(count));
}

describe("a file of DuckDB", () => {
  test("that another process has open is refused, with the id of that process and what to do", async () => {
    await withStore((store) => store.machines.create("m", clock.now()));
    const child = spawn(process.execPath, [writer, file, "1"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await once(child.stdout, "data");
      const refusal = await openStore(`duckdb:${file}`, { clock }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(StoreLockedError);
      expect(refusal).toMatchObject({ pid: child.pid });
      expect(String(refusal)).toMatch(/Stop that one, or give this hub its own CULPRIT_DATA_DIR/);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });

  test("keeps every acknowledged batch once when its writer is killed at any moment", async () => {
    const machineId = await withStore((store) => store.machines.create("m", clock.now()));
    let acknowledged = 0;
    for (let round = 0; round < 5; round++) {
      const child = spawn(process.execPath, [writer, file, String(acknowledged + 1)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      child.stdout.on("data", (lines: Buffer) => {
        acknowledged = Number(lines.toString().trim().split("\n").at(-1));
      });
      const exit = once(child, "exit");
      await once(child.stdout, "data");
      await sleep(50 + Math.random() * 300);
      child.kill("SIGKILL");
      await exit;
      const mark = await withStore(async (store, warnings) => {
        expect(warnings).toEqual([]);
        return (await store.intake.marks(machineId!))[0]!.sequence;
      });
      // The last one may be in the store although its acknowledgement did not get out.
      expect(mark - acknowledged).toBeGreaterThanOrEqual(0);
      expect(mark - acknowledged).toBeLessThanOrEqual(1);
      expect(await pointsBySequence()).toEqual(Array.from({ length: mark }, () => 200));
      acknowledged = mark;
    }
    expect(acknowledged).toBeGreaterThan(5);
  }, 60_000);
});

describe("a damaged file of DuckDB", () => {
  let epoch: string;
  /** A store with three machines in the file and three more in its log, as a killed process leaves it. */
  beforeEach(async () => {
    epoch = await withStore(async (store) => {
      for (const name of ["a", "b", "c"]) await store.machines.create(name, clock.now());
      return store.epoch;
    });
    const program = `
      import { openStore } from ${JSON.stringify(join(built, "open.js"))};
      const store = await openStore(${JSON.stringify(`duckdb:${file}`)}, { clock: { now: () => 1 } });
      for (const name of ["d", "e", "f"]) await store.machines.create(name, 1);
      process.kill(process.pid, "SIGKILL");`;
    spawnSync(process.execPath, ["--input-type=module", "-e", program]);
    expect(existsSync(log())).toBe(true);
  });

  test("goes on without a word if its log is whole", () =>
    withStore(async (store, warnings) => {
      expect(await names(store)).toBe("abcdef");
      expect(warnings).toEqual([]);
    }));

  test("keeps what is in its log before zeros that a power cut left, and says so", async () => {
    writeFileSync(log(), Buffer.concat([readFileSync(log()), Buffer.alloc(4096)]));
    await withStore(async (store, warnings) => {
      expect(await names(store)).toBe("abcdef");
      expect(store.epoch).toBe(epoch);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(
        /damaged from byte \d+ on; it was kept as .*\.damaged-2026-11-20T03-00-00-000Z/,
      );
    });
    expect(kept()).toHaveLength(1);
  });

  test("keeps what is in its log before a flipped bit", async () => {
    flip(log(), Math.floor(statSync(log()).size * 0.75));
    await withStore(async (store, warnings) => {
      expect(await names(store)).toMatch(/^abcd?e?$/);
      expect(store.epoch).toBe(epoch);
      expect(warnings).toHaveLength(1);
      expect(await store.machines.create("after", 1)).toBeGreaterThan(3);
    });
    await withStore(async (store) => expect(await names(store)).toMatch(/after$/));
  });

  test("goes back to its checkpoint if its log can't be read at all", async () => {
    flip(log(), 2);
    await withStore(async (store, warnings) => {
      expect(await names(store)).toBe("abc");
      expect(warnings).toHaveLength(1);
    });
    expect(kept()).toHaveLength(1);
  });

  test.each([
    ["in its first page", () => flip(file, 3)],
    ["cut short", () => truncateSync(file, Math.floor(statSync(file).size / 2))],
    ["emptied", () => truncateSync(file, 0)],
    ["overwritten", () => writeFileSync(file, "not a database\n".repeat(1000))],
  ])("that is %s is set aside with its log, and a new store with another epoch begins", async (_, damage) => {
    damage();
    const damaged = readFileSync(file);
    await withStore(async (store, warnings) => {
      expect(await names(store)).toBe("");
      expect(store.epoch).not.toBe(epoch);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(/set aside, with its log/);
    });
    expect(kept()).toHaveLength(2);
    const aside = kept().find((name) => !name.endsWith(".wal"))!;
    expect(readFileSync(join(folder, aside)).equals(damaged)).toBe(true);
  });

  test("whose file is gone leaves its log aside and starts empty", async () => {
    copyFileSync(file, join(folder, "elsewhere"));
    rmSync(file);
    await withStore(async (store, warnings) => {
      expect(await names(store)).toBe("");
      expect(warnings[0]).toMatch(/is gone but its log was there/);
    });
    expect(kept()).toHaveLength(1);
  });
});

const canMount = process.getuid?.() === 0 && spawnSync("mount", ["--version"]).status === 0;

describe.skipIf(!canMount)("a full disk", () => {
  test("acknowledges nothing, still answers, and goes on when there is room", async () => {
    if (mount("-t", "tmpfs", "-o", "size=24m", "tmpfs") !== 0) throw new Error("no tmpfs could be mounted");
    try {
      await withStore(async (store) => {
        const machineId = (await store.machines.create("m", clock.now()))!;
        const commit = async (sequence: number) =>
          (await store.intake.commit([batchOf(machineId, sequence)], [])).batches[0]!.status;
        let sequence = 1;
        while ((await commit(sequence)) === "stored") sequence++;
        expect(sequence).toBeGreaterThan(5);
        for (let attempt = 0; attempt < 3; attempt++) {
          expect(await commit(sequence)).toBe("unavailable");
          expect(await store.intake.marks(machineId)).toEqual([
            { stream: "stream-one", sequence: sequence - 1 },
          ]);
        }
        expect(mount("-o", "remount,size=200m")).toBe(0);
        expect(await commit(sequence)).toBe("stored");
        expect(await commit(sequence + 1)).toBe("stored");
      });
      await withStore(async (store, warnings) => {
        expect(warnings).toEqual([]);
        expect((await store.intake.marks(1))[0]!.sequence).toBeGreaterThan(6);
      });
    } finally {
      spawnSync("umount", [folder]);
    }
  }, 60_000);
});

function batchOf(machineId: number, sequence: number): IntakeBatch {
  const rows = 5000;
  return {
    machineId,
    stream: "stream-one",
    sequence,
    digest: String(sequence),
    dropped: [],
    receivedAt: clock.now(),
    executions: [],
    points: {
      seriesId: Array.from({ length: rows }, () => 1),
      at: Array.from({ length: rows }, (_, row) => row),
      value: Array.from({ length: rows }, () => Math.random()),
      intervalSeconds: Array.from({ length: rows }, () => 0),
    },
    osProcesses: null,
    computer: null,
    deadLetters: [],
  };
}
