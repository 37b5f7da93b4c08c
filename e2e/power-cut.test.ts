/**
 * The power goes: a file system of its own (ext4 on a loop device) is shut down at once, so that nothing comes through
 * but what was flushed. What the hub or the agent acknowledged must be there afterwards; where fsync is faked it is not.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeIntake } from "@culprit/agent";
import { executionsAccepted, list, machine as machineSchema, type HubClient } from "@culprit/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addMachine, adminClient, hubProcess, Killable, type HubProcess } from "./hub-process.ts";
import { compareWithStore, ledgerRun, type LedgerResult } from "./ledger.ts";
import { culprit } from "./system.ts";

let folder: string;
let disk: string;
let cleanUp: (() => unknown)[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-power-"));
  cleanUp = [() => rm(folder, { recursive: true, force: true })];
  const image = join(folder, "disk.img");
  disk = join(folder, "disk");
  await mkdir(disk);
  await writeFile(image, "");
  await truncate(image, 256 * 1024 * 1024);
  execFileSync("mkfs.ext4", ["-q", "-F", image]);
  execFileSync("mount", ["-o", "loop", image, disk]);
  cleanUp.push(() => execFileSync("umount", ["-l", disk]));
});

afterEach(async () => {
  for (const step of cleanUp.toReversed()) await step();
});

/** Linux's EXT4_IOC_SHUTDOWN without flushing the journal; then the disk comes back as after a restart. */
async function cutThePower(processes: readonly Killable[]): Promise<void> {
  const shutDown = `open(my $disk, "<", $ARGV[0]) or die; my $how = pack("L", 2); ioctl($disk, 0x8004587d, $how) or die "$!"`;
  // Without power nothing runs on: a process must not act on what a disk that is going down tells it.
  for (const process of processes) process.freeze();
  execFileSync("perl", ["-e", shutDown, disk]);
  await Promise.all(processes.map((process) => process.end("SIGKILL")));
  // A process under a wrapper ends a moment after it, and one that has just copied the mounts holds the dead disk so long.
  const comesBack = () => {
    execFileSync("umount", [disk], { stdio: "ignore" });
    execFileSync("mount", ["-o", "loop", join(folder, "disk.img"), disk]);
    writeFileSync(join(disk, "power is back"), "");
    return true;
  };
  await expect.poll(comesBack, { timeout: 10_000 }).toBe(true);
}

const withoutFsync = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=fsync,fdatasync:retval=0"];

async function startHub(wrapper: readonly string[] = []): Promise<HubProcess> {
  const process = await hubProcess(join(disk, "hub"), {}, wrapper);
  cleanUp.push(() => process.hub.end("SIGTERM"));
  process.hub.start();
  await process.ready();
  return process;
}

/** Posts one run after the other until the hub is gone; answers those it acknowledged. */
async function postUntilItEnds(client: HubClient, acknowledged: Set<string>): Promise<void> {
  for (let entry = 0; ; entry++) {
    const posted = await client
      .post("/executions", executionsAccepted, {
        ...ledgerRun(String(entry)),
        id: `run-${entry}`,
        machine: "ledger",
      })
      .then(
        () => true,
        () => false,
      );
    if (!posted) return;
    acknowledged.add(String(entry));
  }
}

async function hubThroughPowerCut(wrapper: readonly string[] = []): Promise<LedgerResult> {
  const hub = await startHub(wrapper);
  await addMachine(hub.address, "ledger");
  execFileSync("sync"); // what was there before is not in question
  const acknowledged = new Set<string>();
  const posting = postUntilItEnds(await adminClient(hub.address), acknowledged);
  await expect.poll(() => acknowledged.size, { timeout: 60_000, interval: 20 }).toBeGreaterThan(200);
  await cutThePower([hub.hub]);
  await posting;
  const again = await startHub();
  return compareWithStore(acknowledged, await adminClient(again.address));
}

describe.skipIf(process.getuid?.() !== 0)("a power cut", () => {
  test("takes no run that the hub acknowledged", async () => {
    const result = await hubThroughPowerCut();
    expect(result).toMatchObject({ lost: [], doubled: [] });
  });

  test("takes runs from a hub whose fsync does nothing: the test can tell", async () => {
    expect((await hubThroughPowerCut(withoutFsync)).lost.length).toBeGreaterThan(0);
  });

  test("takes no run that the agent took in, while its hub was away", async () => {
    const hub = await hubProcess(join(folder, "hub"));
    cleanUp.push(() => hub.hub.end("SIGTERM"));
    hub.hub.start();
    await hub.ready();
    const machine = await addMachine(hub.address, "ledger");
    const agentOn = () =>
      new Killable([culprit, "agent"], {
        CULPRIT_DATA_DIR: join(disk, "agent"),
        CULPRIT_HUB: hub.address,
        CULPRIT_TOKEN: machine.token,
        CULPRIT_INTAKE: intake,
      });
    // Elsewhere than the disk that fails: what is gone from here was taken in.
    const intake = join(folder, "intake");
    await mkdir(intake);
    const agent = agentOn();
    cleanUp.push(() => agent.end("SIGTERM"));
    agent.start();
    const watching = await adminClient(hub.address);
    const connected = async () => (await watching.get("/machines", list(machineSchema))).items[0]?.connected;
    await expect.poll(connected, { timeout: 30_000, interval: 100 }).toBe(true);
    await hub.hub.end("SIGTERM");
    for (let entry = 0; entry < 400; entry++) {
      await writeIntake(intake, ledgerRun(String(entry)));
      await sleep(5);
    }
    const left = (await readdir(intake)).length;
    expect(left).toBeLessThan(400);
    await cutThePower([agent]);
    hub.hub.start();
    await hub.ready();
    const again = agentOn();
    cleanUp.push(() => again.end("SIGTERM"));
    again.start();
    const client = await adminClient(hub.address);
    const all = new Set(Array.from({ length: 400 }, (_, entry) => String(entry)));
    await expect
      .poll(async () => (await compareWithStore(all, client)).lost, { timeout: 60_000, interval: 250 })
      .toEqual([]);
    expect((await compareWithStore(all, client)).doubled).toEqual([]);
  });
});
