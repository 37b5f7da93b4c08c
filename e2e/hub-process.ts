/** A hub (and an agent) as processes of their own that a test may kill and start again. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { HubClient, machineCreated, sessionCreated } from "@culprit/protocol";
import { adminPassword, culprit } from "./system.ts";

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** One `culprit <command>` that can be killed and started again with the same settings. */
export class Killable {
  readonly #command: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | null = null;
  output = "";

  /** `wrapper`: a program that runs another one, with its own parameters. */
  constructor(
    command: readonly string[],
    environment: Record<string, string>,
    wrapper: readonly string[] = [],
  ) {
    this.#command = [...wrapper, process.execPath, ...command];
    this.#environment = { ...process.env, NO_COLOR: "1", ...environment };
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  start(): void {
    const [program, ...parameters] = this.#command;
    const child = spawn(program!, parameters, {
      // A group of its own: what a wrapper runs ends with it.
      detached: true,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-20_000)));
    }
    this.#child = child;
  }

  /** Resolves with status and signal when it ends by itself. */
  async ended(): Promise<unknown[]> {
    return once(this.#child!, "exit");
  }

  /** It does nothing more, until it is killed. */
  freeze(): void {
    process.kill(-this.pid, "SIGSTOP");
  }

  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    process.kill(-child.pid!, signal);
    await ended;
  }
}

export type HubProcess = { hub: Killable; address: string; ready(): Promise<void> };

export async function hubProcess(
  dataFolder: string,
  settings: Record<string, string> = {},
  wrapper: readonly string[] = [],
): Promise<HubProcess> {
  const address = `http://127.0.0.1:${await freePort()}`;
  const environment = {
    CULPRIT_DATA_DIR: dataFolder,
    CULPRIT_LISTEN: new URL(address).host,
    CULPRIT_ADMIN_PASSWORD: adminPassword,
    ...settings,
  };
  const hub = new Killable([culprit, "hub"], environment, wrapper);
  return { hub, address, ready: () => answering(`${address}/readyz`, hub) };
}

export async function answering(url: string, hub: Killable): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return;
    await sleep(100);
  }
  throw new Error(`${url} did not become ready:\n${hub.output}`);
}

/** A client signed in as the administrator. */
export async function adminClient(hub: string): Promise<HubClient> {
  const session = await new HubClient({ hub }).post("/session", sessionCreated, {
    user: "admin",
    password: adminPassword,
  });
  return new HubClient({ hub, token: session.token });
}

export const addMachine = async (hub: string, name: string) =>
  (await adminClient(hub)).post("/machines", machineCreated, { name });
