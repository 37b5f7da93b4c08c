/**
 * A schedule of real jobs through `culprit-run`: compressing, sorting, querying and hashing every few seconds, with
 * stress-ng bursts among them. The bursts make the jobs beside them slow; nothing here is made up.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type Recording = {
  /** The recorder, `packages/cli/sh/culprit-run`. */
  culpritRun: string;
  intake: string;
  /** An empty folder for the jobs' own files. */
  folder: string;
};

export type RealJobs = Recording & {
  seconds: number;
  /** Between two runs of the same job; the jobs start one after the other, at the same distance. */
  everySeconds: number;
  /** Seconds after the start at which a burst begins, and how long it lasts. */
  bursts: readonly number[];
  burstSeconds: number;
};

/** One takes about a second of one core when alone. */
export const realJobs = [
  {
    name: "compress",
    command: "for pass in 1 2 3; do gzip -9 --to-stdout text.bin > text.gz; done",
  },
  {
    name: "sort",
    command: "LC_ALL=C sort --parallel=1 lines.txt > sorted.txt",
  },
  {
    name: "query",
    command: "sqlite3 orders.db < report.sql > report.txt",
  },
  {
    name: "hash",
    command: "for pass in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do sha256sum text.bin; done > hashes.txt",
  },
];

const report = `SELECT customer % 97, count(*), sum(amount), avg(amount * amount) FROM orders GROUP BY 1 ORDER BY 3;
SELECT count(*) FROM orders a JOIN orders b ON a.id = b.customer WHERE a.amount > b.amount;`;

/** What starts when, in seconds after the beginning. */
export type TimedJob = { at: number; name: string; command: string };

/** Answers how many runs of each name were started, bursts (`stress`) among them. */
export function runRealJobs(options: RealJobs): Promise<Map<string, number>> {
  return runTimeline(options, [
    ...realJobs.flatMap(({ name, command }, number) => {
      const first = (number * options.everySeconds) / realJobs.length;
      return Array.from({ length: Math.ceil((options.seconds - first) / options.everySeconds) }, (_, i) => ({
        at: first + i * options.everySeconds,
        name,
        command,
      }));
    }),
    ...options.bursts.map((at) => ({
      at,
      name: "stress",
      command: `stress-ng --quiet --cpu 12 --cpu-method matrixprod --timeout ${options.burstSeconds}s`,
    })),
  ]);
}

/** Makes the jobs' files and runs everything at its time; answers how many runs of each name were started. */
export async function runTimeline(
  recording: Recording,
  jobs: readonly TimedJob[],
): Promise<Map<string, number>> {
  await prepare(recording.folder);
  const runs: Promise<void>[] = [];
  const started = new Map<string, number>();
  const begin = performance.now();
  for (const { at, name, command } of jobs.toSorted((a, b) => a.at - b.at)) {
    await sleep(Math.max(0, at * 1000 - (performance.now() - begin)));
    started.set(name, (started.get(name) ?? 0) + 1);
    runs.push(record(recording, name, command));
  }
  await Promise.all(runs);
  return started;
}

async function prepare(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const words = Array.from({ length: 4096 }, () => randomBytes(6).toString("base64"));
  const pick = () => words[Math.floor(Math.random() * words.length)]!;
  const lines = Array.from({ length: 1_200_000 }, () => `${pick()} ${pick()}`).join("\n");
  await writeFile(join(folder, "lines.txt"), lines);
  await writeFile(join(folder, "text.bin"), lines.slice(0, 11_000_000));
  await writeFile(join(folder, "report.sql"), report);
  await run(folder, [
    "sqlite3",
    "orders.db",
    `CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INTEGER, amount REAL);
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600000)
     INSERT INTO orders SELECT i, (i * 7919) % 600000, (i * 31337 % 100000) / 100.0 FROM n;`,
  ]);
}

function record({ culpritRun, intake, folder }: Recording, name: string, command: string): Promise<void> {
  return run(folder, [culpritRun, "--name", name, "--kind", "cron", "--", "sh", "-c", command], {
    CULPRIT_INTAKE: intake,
  });
}

async function run(folder: string, [program, ...parameters]: string[], environment = {}): Promise<void> {
  const child = spawn(program!, parameters, {
    cwd: folder,
    stdio: "inherit",
    env: { ...process.env, ...environment },
  });
  const status = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("exit", resolve),
  );
  if (status !== 0) throw new Error(`${program} ${parameters.join(" ")} ended with ${status}`);
}
