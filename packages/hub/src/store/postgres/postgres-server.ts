/** A PostgreSQL server for tests: its own cluster in a temporary folder, reached by a socket there, gone afterwards. */
import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";

export type PostgresServer = {
  /** Makes an empty database and answers its URL. */
  createDatabase(): Promise<string>;
  /** Where clients connect; a proxy may stand before it. */
  socketPath: string;
  stop(): Promise<void>;
};

/** The folder of the newest PostgreSQL's programs, or null if none is installed. */
export function postgresPrograms(): string | null {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).map(Number).filter(Number.isFinite) : [];
  const folder = join(root, String(Math.max(...versions)), "bin");
  return versions.length > 0 && existsSync(join(folder, "postgres")) ? folder : null;
}

/** Starts one; as root it runs as the user `postgres`, because PostgreSQL refuses root. */
export async function startPostgres(programs: string): Promise<PostgresServer> {
  const user = process.getuid?.() === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : {};
  const folder = mkdtempSync(join(tmpdir(), "culprit-postgres-"));
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const environment = { ...user, cwd: folder, env: { PATH: process.env["PATH"], LC_ALL: "C" } };
  const initialise = ["-D", data, "-U", "culprit", "-A", "trust", "-E", "UTF8", "--no-sync"];
  execFileSync(join(programs, "initdb"), initialise, { ...environment, stdio: "pipe" });
  const settings = ["-h", "", "-k", folder, "-F", "-c", "max_connections=60", "-c", "log_min_messages=fatal"];
  const server = spawn(join(programs, "postgres"), ["-D", data, ...settings], {
    ...environment,
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const kill = (): boolean => server.kill("SIGKILL");
  process.once("exit", kill);
  const urlOf = (database: string): string =>
    `postgres://culprit@localhost/${database}?host=${encodeURIComponent(folder)}`;
  await untilReady(urlOf("postgres"));
  let databases = 0;
  return {
    socketPath: join(folder, ".s.PGSQL.5432"),
    async createDatabase() {
      const name = `test_${++databases}`;
      await withClient(urlOf("postgres"), (client) => client.query(`create database ${name}`));
      return urlOf(name);
    },
    async stop() {
      process.off("exit", kill);
      server.kill("SIGQUIT");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function idOf(option: "-u" | "-g"): number {
  return Number(execFileSync("id", [option, "postgres"], { encoding: "utf8" }));
}

async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await withClient(url, async (client) => void (await client.query("select 1")));
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(100);
    }
  }
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}
