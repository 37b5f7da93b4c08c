/** Many runs a second through the intake folder of one real agent to a real hub, with a ledger of all that was written. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { addMachine, adminClient, hubProcess, Killable } from "./hub-process.ts";
import { compareWithStore, type LedgerResult } from "./ledger.ts";
import { culprit } from "./system.ts";

export type RecordingLoad = {
  perSecond: number;
  seconds: number;
  writers: number;
  /** Where the intake folder is made. */
  intakeIn?: string;
};

export type RecordingResult = LedgerResult & {
  /** From the first file to the last. */
  writtenSeconds: number;
  /** From the last file until the folder was empty. */
  drainedSeconds: number;
  mostWaiting: number;
  agentCpuSeconds: number;
  hubCpuSeconds: number;
};

export async function recordUnderLoad({
  perSecond,
  seconds,
  writers,
  intakeIn = tmpdir(),
}: RecordingLoad): Promise<RecordingResult> {
  const folder = await mkdtemp(join(tmpdir(), "culprit-recording-"));
  const intakeParent = await mkdtemp(join(intakeIn, "culprit-recording-intake-"));
  const intake = join(intakeParent, "intake");
  const started = await hubProcess(join(folder, "hub"));
  const { hub, address } = started;
  hub.start();
  await started.ready();
  const { token } = await addMachine(address, "loaded");
  const agent = new Killable([culprit, "agent"], {
    CULPRIT_HUB: address,
    CULPRIT_TOKEN: token,
    CULPRIT_DATA_DIR: join(folder, "agent"),
    CULPRIT_INTAKE: intake,
  });
  agent.start();
  try {
    const waiting = (): number => readdirSync(intake).length;
    for (let tries = 0; !isThere(intake); tries++) {
      if (tries > 300) throw new Error(`the agent did not start:\n${agent.output}`);
      await sleep(100);
    }
    const before = { agent: cpuSeconds(agent.pid), hub: cpuSeconds(hub.pid) };
    const begun = performance.now();
    const each = Math.ceil(perSecond / writers);
    const children = Array.from({ length: writers }, (_, writer) =>
      spawn(
        process.execPath,
        [
          join(import.meta.dirname, "intake-writer.mjs"),
          intake,
          String(each),
          String(seconds),
          String(writer),
        ],
        {
          stdio: "inherit",
        },
      ),
    );
    let mostWaiting = 0;
    const watch = setInterval(() => (mostWaiting = Math.max(mostWaiting, waiting())), 500);
    const statuses = await Promise.all(
      children.map(async (child) => (await once(child, "exit"))[0] as number),
    );
    const written = performance.now();
    if (statuses.some((status) => status !== 0)) throw new Error(`writers ended with ${statuses.join(", ")}`);
    while (waiting() > 0) await sleep(50);
    clearInterval(watch);
    const drained = performance.now();
    const ledger = new Set(
      children.flatMap((_, writer) =>
        Array.from({ length: each * seconds }, (_each, run) => `${writer}-${run}`),
      ),
    );
    await until(async () => (await takenIn(address)) >= ledger.size);
    // Before the ledger is compared, which costs the hub more than taking it in.
    const cpu = { agent: cpuSeconds(agent.pid), hub: cpuSeconds(hub.pid) };
    const client = await adminClient(address);
    let result = await compareWithStore(ledger, client);
    // What has left the folder is in the spool: it arrives, or it is lost.
    for (let tries = 0; result.lost.length > 0 && tries < 5; tries++) {
      await sleep(2000);
      result = await compareWithStore(ledger, client);
    }
    return {
      ...result,
      writtenSeconds: (written - begun) / 1000,
      drainedSeconds: (drained - written) / 1000,
      mostWaiting,
      agentCpuSeconds: cpu.agent - before.agent,
      hubCpuSeconds: cpu.hub - before.hub,
    };
  } finally {
    await agent.end("SIGTERM");
    await hub.end("SIGTERM");
    for (const path of [folder, intakeParent]) await rm(path, { recursive: true, force: true });
  }
}

/** Gives up after a minute: what is missing then shows in the ledger. */
async function until(reached: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300 && !(await reached()); tries++) await sleep(200);
}

/** Executions that the hub has stored from agents since it started. */
async function takenIn(hub: string): Promise<number> {
  const text = await (await fetch(`${hub}/metrics`)).text();
  return Number(/^culprit_intake_rows_total\{part="executions"\} (\d+)/m.exec(text)?.[1] ?? 0);
}

function isThere(folder: string): boolean {
  try {
    return readdirSync(folder).length >= 0;
  } catch {
    return false;
  }
}

/** User and system time of a process and its threads. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
