/** The command of SQLite, by absolute path. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { NotPossible } from "./benchmark.ts";
import { majorAndMinor } from "./engine.ts";

const paths = ["/usr/bin/sqlite3", "/usr/local/bin/sqlite3", "/bin/sqlite3"];
const longestMilliseconds = 5000;

export function sqliteVersion(): string {
  return `sqlite-${majorAndMinor(output(["--version"]))}`;
}

/** Runs statements on a file. */
export function sqlite(file: string, statements: string): void {
  output(["-batch", "-init", "/dev/null", file], statements);
}

function output(argv: string[], input = ""): string {
  const path = paths.find((each) => existsSync(each));
  if (path === undefined) throw new NotPossible("not-installed", "sqlite3 is not installed");
  const { status, stdout, stderr, error } = spawnSync(path, argv, {
    input,
    encoding: "utf8",
    env: {},
    timeout: longestMilliseconds,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`sqlite3: ${stderr.trim().slice(0, 200)}`);
  return stdout;
}
