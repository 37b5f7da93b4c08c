/** The whole product as a user starts it: `culprit up` from the build, in a folder of its own, on a free port. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { execFile, spawn, type ChildProcess } from "node:child_process";

const root = resolve(import.meta.dirname, "..");
export const culprit = join(root, "packages/cli/bin/culprit.js");
export const culpritRun = join(root, "packages/cli/sh/culprit-run");
export const adminPassword = "an-admin-password-for-tests";

export type System = {
  address: string;
  /** `<address>/sign-in#once=...`, good for one use. */
  signInLink: string;
  folder: string;
  intake: string;
  environment: NodeJS.ProcessEnv;
  /** Everything it printed so far. */
  output(): string;
  /** Runs `culprit ...` against this system; answers what it printed. */
  command(...parameters: string[]): Promise<string>;
  stop(): Promise<void>;
};

/** `inFolder`: settings that name places in the system's own folder. */
export async function startSystem(
  settings: Record<string, string> = {},
  inFolder: (folder: string) => Record<string, string> = () => ({}),
): Promise<System> {
  const folder = await mkdtemp(join(tmpdir(), "culprit-e2e-"));
  const intake = join(folder, "intake");
  const environment = {
    ...process.env,
    CULPRIT_DATA_DIR: join(folder, "data"),
    CULPRIT_LISTEN: "127.0.0.1:0",
    CULPRIT_INTAKE: intake,
    CULPRIT_ADMIN_PASSWORD: adminPassword,
    NO_COLOR: "1",
    ...settings,
    ...inFolder(folder),
  };
  const child = spawn(process.execPath, [culprit, "up"], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const signInLink = await linkPrinted(child, lines);
  const address = new URL(signInLink).origin;
  return {
    address,
    signInLink,
    folder,
    intake,
    environment,
    output: () => lines.join("\n"),
    command: async (...parameters) => {
      const { stdout } = await promisify(execFile)(process.execPath, [culprit, ...parameters], {
        cwd: folder,
        env: { ...environment, CULPRIT_HUB: address },
        maxBuffer: 64 * 1024 * 1024,
      });
      return stdout;
    },
    stop: async () => {
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function linkPrinted(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((found, failed) => {
    child.once("exit", (code) => failed(new Error(`culprit up ended with ${code}:\n${lines.join("\n")}`)));
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        const link = /https?:\/\/\S+\/sign-in#once=\S+/.exec(line);
        if (link) found(link[0]);
      });
    }
  });
}
