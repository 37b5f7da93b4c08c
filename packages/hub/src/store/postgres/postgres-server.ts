/** A PostgreSQL server for tests: its own cluster in a temporary folder, reached by a socket there, gone afterwards. */
import { execFileSync, spawn } from "node:child_process";
import { chownSync, closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";

/** What PostgreSQL and its clients call the socket in a folder. */
export const socketName = ".s.PGSQL.5432";

export type PostgresServer = {
  /** Makes an empty database and answers its URL. */
  createDatabase(): Promise<string>;
  /** Where clients connect; a proxy may stand before it. */
  socketPath: string;
  /** What the server has logged so far: nothing, unless the settings ask for it. */
  log(): string;
  stop(): Promise<void>;
};

/** The folder of the newest PostgreSQL's programs, or null if none is installed. */
export function postgresPrograms(): string | null {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).map(Number).filter(Number.isFinite) : [];
  const folder = join(root, String(Math.max(...versions)), "bin");
  return versions.length > 0 && existsSync(join(folder, "postgres")) ? folder : null;
}

/** Starts one; as root it runs as the user `postgres`, because PostgreSQL refuses root. `settings` are like `log_statement=all`. */
export async function startPostgres(
  programs: string,
  settings: readonly string[] = [],
): Promise<PostgresServer> {
  const user = process.getuid?.() === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : {};
  const folder = mkdtempSync(join(tmpdir(), "culprit-postgres-"));
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const environment = { ...user, cwd: folder, env: { PATH: process.env["PATH"], LC_ALL: "C" } };
  const initialise = ["-D", data, "-U", "culprit", "-A", "trust", "-E", "UTF8", "--no-sync"];
  execFileSync(join(programs, "initdb"), initialise, { ...environment, stdio: "pipe" });
  const options = [
    "max_connections=60",
    "log_min_messages=fatal",
    "log_min_error_statement=fatal",
    ...settings,
  ];
  const log = openSync(join(folder, "log"), "w");
  const server = spawn(
    join(programs, "postgres"),
    ["-D", data, "-h", "", "-k", folder, "-F", ...options.flatMap((option) => ["-c", option])],
    { ...environment, stdio: ["ignore", "ignore", log] },
  );
  closeSync(log);
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const kill = (): boolean => server.kill("SIGKILL");
  process.once("exit", kill);
  const urlOf = (database: string): string =>
    `postgres://culprit@localhost/${database}?host=${encodeURIComponent(folder)}`;
  await untilReady(urlOf("postgres"));
  let databases = 0;
  return {
    socketPath: join(folder, socketName),
    log: () => readFileSync(join(folder, "log"), "utf8"),
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
