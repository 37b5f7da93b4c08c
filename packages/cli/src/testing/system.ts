/** A real `culprit up`, as it was built, in a folder of its own, and commands run against it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCulprit } from "../program.ts";
import { testTerminal } from "./terminal.ts";

/** `npm test` builds first; from the sources each start would take three times as long. */
export const builtMain = join(import.meta.dirname, "../../dist/main.js");

export type Ran = { status: number; out: string; errors: string };

export class TestSystem {
  readonly folder = mkdtempSync(join(tmpdir(), "culprit-cli-"));
  readonly environment: NodeJS.ProcessEnv;
  readonly #children: ChildProcess[] = [];

  constructor() {
    const webRoot = join(this.folder, "web");
    mkdirSync(webRoot);
    writeFileSync(join(webRoot, "index.html"), "<!doctype html><title>a page</title>");
    this.environment = {
      PATH: process.env["PATH"],
      HOME: this.folder,
      CULPRIT_INTAKE: join(this.folder, "intake"),
      CULPRIT_ALLOWED_FILE: join(this.folder, "allowed.yaml"),
      CULPRIT_LISTEN: "127.0.0.1:0",
      CULPRIT_WEB_ROOT: webRoot,
      CULPRIT_OBSERVE_CRON: "false",
      CULPRIT_OBSERVE_SYSTEMD: "false",
      CULPRIT_ADMIN_PASSWORD: "a password for tests",
    };
  }

  /** Starts it as a process; `until` is awaited in its output. */
  async start(
    argv: readonly string[],
    until: RegExp,
    options: { detached?: boolean } = {},
  ): Promise<{ child: ChildProcess; match: RegExpExecArray }> {
    const child = this.spawn(argv, options);
    let output = "";
    const match = await new Promise<RegExpExecArray>((found, failed) => {
      const collect = (chunk: Buffer) => {
        output += chunk.toString();
        const match = until.exec(output);
        if (match) found(match);
      };
      child.stdout?.on("data", collect);
      child.stderr?.on("data", collect);
      child.once("exit", (code) => failed(new Error(`ended with ${code}:\n${output}`)));
    });
    return { child, match };
  }

  spawn(argv: readonly string[], options: { detached?: boolean } = {}): ChildProcess {
    const child = spawn(process.execPath, [builtMain, ...argv], {
      ...options,
      cwd: this.folder,
      env: this.environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#children.push(child);
    return child;
  }

  /** Runs it as a process to its end. */
  async process(...argv: string[]): Promise<Ran> {
    const child = this.spawn(argv);
    const texts = { out: "", errors: "" };
    child.stdout?.on("data", (chunk: Buffer) => (texts.out += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (texts.errors += chunk.toString()));
    const [code] = await once(child, "close");
    return { status: typeof code === "number" ? code : -1, ...texts };
  }

  /** Runs a command in this process: much faster, and all that a reading command needs. */
  async command(argv: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const terminal = testTerminal({
      folder: this.folder,
      environment: { ...this.environment, ...environment },
      now: () => Date.now() * 1000,
    });
    const status = await runCulprit(argv, terminal);
    return { status, out: terminal.output.join("\n"), errors: terminal.errors.join("\n") };
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
