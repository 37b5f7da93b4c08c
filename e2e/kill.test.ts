/** `kill -9` at random moments under load. CULPRIT_TEST_KILLS says how often (50 for the full proof). */
import { statSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { executionsAccepted, HubClient } from "@culprit/protocol";
import { writeIntake } from "@culprit/agent";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addMachine, adminClient, hubProcess, Killable, type HubProcess } from "./hub-process.ts";
import { compareWithStore, ledgerRun } from "./ledger.ts";
import { culprit } from "./system.ts";

const kills = Number(process.env["CULPRIT_TEST_KILLS"] ?? 5);
const timeout = 240_000 + kills * 10_000;

let folder: string;
let hub: HubProcess;
let agent: Killable | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-kill-"));
  hub = await hubProcess(join(folder, "hub"));
  agent = null;
  hub.hub.start();
  await hub.ready();
});

afterEach(async () => {
  await agent?.end("SIGTERM");
  await hub.hub.end("SIGTERM");
  await rm(folder, { recursive: true, force: true });
});

const anyMoment = () => sleep(100 + Math.random() * 1400);

type Kills = { times?: number; moment?: () => Promise<void> };

async function killOften(
  victim: Killable,
  started: () => Promise<void>,
  { times = kills, moment = anyMoment }: Kills = {},
): Promise<void> {
  for (let kill = 0; kill < times; kill++) {
    await moment();
    await victim.end("SIGKILL");
    victim.start();
    await started();
  }
}

/** Posts runs until told to stop; a call without a clear answer is repeated, as a careful caller does. */
async function post(
  client: HubClient,
  { machine, writer, withId }: { machine: string; writer: number; withId: boolean },
  stop: AbortSignal,
  acknowledged: Set<string>,
) {
  for (let call = 0; !stop.aborted; call++) {
    const entries = Array.from({ length: 10 }, (_, index) => `${machine}-${writer}-${call}-${index}`);
    const body = entries.map((entry) => ({ ...ledgerRun(entry), ...(withId ? { id: entry } : {}), machine }));
    for (let stored = false; !stored;) {
      stored = await client.post("/executions", executionsAccepted, body).then(
        () => true,
        () => sleep(50, false),
      );
    }
    entries.forEach((entry) => acknowledged.add(entry));
  }
}

/** When the store has written what nobody was answered yet, as far as can be seen from outside. */
async function betweenCommitAndAnswer(): Promise<void> {
  await sleep(500);
  const log = join(folder, "hub/culprit.duckdb.wal");
  const size = () => statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  const before = size();
  while (size() <= before) await new Promise(setImmediate);
}

async function postWhileTheHubIsKilled(machine: string, withId: boolean, how: Kills = {}) {
  await addMachine(hub.address, machine);
  const acknowledged = new Set<string>();
  const stop = new AbortController();
  const client = await adminClient(hub.address);
  const writers = [0, 1, 2, 3].map((writer) =>
    post(client, { machine, writer, withId }, stop.signal, acknowledged),
  );
  await killOften(hub.hub, () => hub.ready(), how);
  stop.abort();
  await Promise.all(writers);
  return compareWithStore(acknowledged, await adminClient(hub.address));
}

test("a hub killed again and again loses and doubles no run that it acknowledged", { timeout }, async () => {
  const result = await postWhileTheHubIsKilled("ledger", true);
  expect(result).toMatchObject({ lost: [], doubled: [] });
  expect(result.acknowledged).toBeGreaterThan(100);
});

test("without ids the same callers double runs: the ledger can tell", { timeout }, async () => {
  // A kill between COMMIT and the answer is a matter of luck: several rounds make it sure.
  let doubled = 0;
  for (let round = 0; round < 50 && doubled === 0; round++) {
    const how = { times: 1, moment: betweenCommitAndAnswer };
    const result = await postWhileTheHubIsKilled(`round ${round}`, false, how);
    doubled = result.doubled.length;
  }
  expect(doubled).toBeGreaterThan(0);
});

test(
  "an agent killed again and again, and its hub too, lose and double no run that was handed to it",
  { timeout },
  async () => {
    const machine = await addMachine(hub.address, "ledger");
    const intake = join(folder, "intake");
    agent = new Killable([culprit, "agent"], {
      CULPRIT_DATA_DIR: join(folder, "agent"),
      CULPRIT_HUB: hub.address,
      CULPRIT_TOKEN: machine.token,
      CULPRIT_INTAKE: intake,
    });
    agent.start();
    await intakeFolderOpen(intake);
    const acknowledged = new Set<string>();
    const stop = new AbortController();
    const writing = (async () => {
      for (let run = 0; !stop.signal.aborted; run++) {
        await writeIntake(intake, ledgerRun(String(run)));
        acknowledged.add(String(run));
        await sleep(2);
      }
    })();
    const hubKills = killOften(hub.hub, () => hub.ready());
    await killOften(agent, () => Promise.resolve());
    await hubKills;
    stop.abort();
    await writing;
    const client = await adminClient(hub.address);
    await expect
      .poll(async () => (await compareWithStore(acknowledged, client)).lost.length, {
        timeout: 90_000,
        interval: 500,
      })
      .toBe(0);
    expect(await compareWithStore(acknowledged, client)).toMatchObject({ lost: [], doubled: [] });
    expect(await readdir(intake)).toEqual([]);
  },
);

async function intakeFolderOpen(intake: string): Promise<void> {
  while (
    !(await readdir(intake).then(
      () => true,
      () => false,
    ))
  )
    await sleep(50);
}
