/** What breaks around the product: the disk, the hub, a second hub. Small tmpfs mounts are the full disks (root only). */
import { execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeIntake } from "@culprit/agent";
import { execution, executionsAccepted, list, type HubClient, type ProblemError } from "@culprit/protocol";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addMachine, adminClient, hubProcess, Killable, type HubProcess } from "./hub-process.ts";
import { compareWithStore, ledgerRun } from "./ledger.ts";
import { culprit, culpritRun } from "./system.ts";

const root = process.getuid?.() === 0;

let folder: string;
let cleanUp: (() => unknown)[];

async function begin(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), "culprit-faults-"));
  cleanUp = [() => rm(folder, { recursive: true, force: true })];
}

async function end(): Promise<void> {
  for (const step of cleanUp.toReversed()) await step();
}

async function startHub(dataFolder: string): Promise<HubProcess> {
  const process = await hubProcess(dataFolder);
  cleanUp.push(() => process.hub.end("SIGTERM"));
  process.hub.start();
  await process.ready();
  return process;
}

async function startAgent(hub: string, dataFolder: string): Promise<{ agent: Killable; intake: string }> {
  const { token } = await addMachine(hub, "ledger");
  const intake = join(folder, "intake");
  await mkdir(intake);
  const agent = new Killable([culprit, "agent"], {
    CULPRIT_DATA_DIR: dataFolder,
    CULPRIT_HUB: hub,
    CULPRIT_TOKEN: token,
    CULPRIT_INTAKE: intake,
  });
  cleanUp.push(() => agent.end("SIGTERM"));
  agent.start();
  return { agent, intake };
}

async function smallDisk(megabytes: number): Promise<string> {
  const mount = join(folder, "small-disk");
  await mkdir(mount);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", mount]);
  cleanUp.push(() => execFileSync("umount", ["-l", mount]));
  return mount;
}

/** Leaves no room on the disk of this folder; answers the file to remove. */
async function fill(mount: string): Promise<string> {
  const filler = join(mount, "filler");
  for (let pieces = 0; ; pieces++) {
    const { bavail, bsize } = await statfs(mount);
    if (bavail === 0) return filler;
    await writeFile(filler, Buffer.alloc(Math.min(bavail * bsize, 4 * 1024 * 1024)), { flag: "a" });
  }
}

const post = (client: HubClient, entries: string[]) =>
  client.post(
    "/executions",
    executionsAccepted,
    entries.map((entry) => ({ ...ledgerRun(entry), id: entry, machine: "ledger" })),
  );

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => String(from + index));

async function allStored(client: HubClient, entries: readonly string[]): Promise<void> {
  const expected = new Set(entries);
  await expect
    .poll(async () => (await compareWithStore(expected, client)).lost, { timeout: 90_000, interval: 250 })
    .toEqual([]);
  expect((await compareWithStore(expected, client)).doubled).toEqual([]);
}

describe("a hub of its own, or two", () => {
  beforeEach(begin);
  afterEach(end);

  test("a second hub on the same file says who has it and ends", async () => {
    const data = join(folder, "hub");
    const first = await startHub(data);
    const second = new Killable([culprit, "hub"], { CULPRIT_DATA_DIR: data, CULPRIT_LISTEN: "127.0.0.1:0" });
    second.start();
    const [status] = await second.ended();
    expect(status).not.toBe(0);
    expect(second.output).toContain(String(first.hub.pid));
    expect((await fetch(`${first.address}/readyz`)).ok).toBe(true);
  });

  test.skipIf(!root)(
    "a full disk at the hub refuses what it can't keep, still answers, and goes on when there is room",
    async () => {
      const disk = await smallDisk(64);
      const hub = await startHub(join(disk, "hub"));
      await addMachine(hub.address, "ledger");
      const client = await adminClient(hub.address);
      const acknowledged: string[] = [];
      const note = async (entries: string[]) => {
        await post(client, entries);
        acknowledged.push(...entries);
      };
      await note(numbers(0, 100));
      const filler = await fill(disk);
      let refusal: ProblemError | null = null;
      for (let call = 1; call < 200 && !refusal; call++) {
        refusal = await note(numbers(call * 1000, call * 1000 + 500)).then(
          () => null,
          (error: ProblemError) => error,
        );
      }
      expect(refusal?.problem).toMatchObject({ status: 503, code: "store-unavailable" });
      expect((await client.get("/executions", list(execution), { limit: 10 })).items).toHaveLength(10);
      await rm(filler);
      await expect
        .poll(
          () =>
            note(["after"]).then(
              () => true,
              () => false,
            ),
          { timeout: 30_000 },
        )
        .toBe(true);
      await allStored(client, acknowledged);
    },
  );

  test.skipIf(!root)(
    "a full disk at the agent keeps runs in the intake folder until there is room",
    async () => {
      const hub = await startHub(join(folder, "hub"));
      const disk = await smallDisk(16);
      const { agent, intake } = await startAgent(hub.address, join(disk, "agent"));
      const client = await adminClient(hub.address);
      for (const entry of numbers(0, 20)) await writeIntake(intake, ledgerRun(entry));
      await allStored(client, numbers(0, 20));
      const filler = await fill(disk);
      for (const entry of numbers(20, 40)) await writeIntake(intake, ledgerRun(entry));
      await expect.poll(() => agent.output, { timeout: 30_000 }).toContain("the disk is full");
      expect(await readdir(intake)).not.toEqual([]);
      await rm(filler);
      await allStored(client, numbers(0, 40));
    },
  );
});

describe("one hub and one agent", () => {
  let hub: HubProcess;
  let agent: Killable;
  let intake: string;

  beforeAll(async () => {
    await begin();
    hub = await startHub(join(folder, "hub"));
    ({ agent, intake } = await startAgent(hub.address, join(folder, "agent")));
  });
  afterAll(end);

  test("runs recorded while the hub is away arrive, once, when it is back", async () => {
    await allStored(await adminClient(hub.address), []);
    await hub.hub.end("SIGKILL");
    for (const entry of numbers(0, 300)) {
      await writeIntake(intake, ledgerRun(entry));
      if (entry === "150") await agent.end("SIGKILL").then(() => agent.start());
      await sleep(10);
    }
    hub.hub.start();
    await hub.ready();
    await allStored(await adminClient(hub.address), numbers(0, 300));
  });

  test("a job killed with -9, its recorder too, becomes a lost run", async () => {
    const job = spawn(culpritRun, ["--name", "killed", "--", "sleep", "600"], {
      env: { ...process.env, CULPRIT_INTAKE: intake },
      detached: true,
      stdio: "ignore",
    });
    const client = await adminClient(hub.address);
    const outcomes = async () =>
      (await client.get("/executions", list(execution), { process: "killed" })).items.map(
        ({ outcome }) => outcome,
      );
    await expect.poll(outcomes, { timeout: 30_000, interval: 200 }).toEqual(["running"]);
    process.kill(-job.pid!, "SIGKILL");
    await expect.poll(outcomes, { timeout: 60_000, interval: 200 }).toEqual(["lost"]);
  });

  test("an agent stopped by Ctrl-C ends cleanly and at once", async () => {
    const ended = agent.ended();
    process.kill(agent.pid, "SIGINT");
    expect(await ended).toEqual([0, null]);
  });
});
