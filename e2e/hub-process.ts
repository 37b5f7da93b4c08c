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

  constructor(command: readonly string[], environment: Record<string, string>) {
    this.#command = command;
    this.#environment = { ...process.env, NO_COLOR: "1", ...environment };
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  start(): void {
    const child = spawn(process.execPath, [...this.#command], {
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

  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
}

export type HubProcess = { hub: Killable; address: string; ready(): Promise<void> };

export async function hubProcess(
  dataFolder: string,
  settings: Record<string, string> = {},
): Promise<HubProcess> {
  const address = `http://127.0.0.1:${await freePort()}`;
  const hub = new Killable([culprit, "hub"], {
    CULPRIT_DATA_DIR: dataFolder,
    CULPRIT_LISTEN: new URL(address).host,
    CULPRIT_ADMIN_PASSWORD: adminPassword,
    ...settings,
  });
  return { hub, address, ready: () => answering(`${address}/readyz`, hub) };
}

async function answering(url: string, hub: Killable): Promise<void> {
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
