/** Runs come in every way there is, by the real clients; afterwards each is there exactly once, with its right times. */
import { join } from "node:path";
import {
  execution,
  list,
  machineCreated,
  parseInstant,
  type Execution,
  type HubClient,
} from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adminClient } from "./hub-process.ts";
import { canRunCron } from "./private-cron.ts";
import { startSystem, type System } from "./system.ts";
import { waysIn, type Recorded } from "./ways-in.ts";

/** Clocks of files, of the kernel and of log lines have grains of their own. */
const slackMicros = 20_000;

let system: System;
let client: HubClient;

beforeAll(async () => {
  system = await startSystem(
    { CULPRIT_LEGACY_ENABLED: "savelog", CULPRIT_OBSERVE_CRON: "true" },
    (folder) => ({
      CULPRIT_ACCESS_LOGS: join(folder, "access.log"),
    }),
  );
  client = await adminClient(system.address);
});
afterAll(() => system?.stop());

type Sent = Recorded & { way: string; from: number; to: number };

test.skipIf(!canRunCron)(
  "every run is recorded once, with its right times, whichever way it came",
  async () => {
    const remote = await client.post("/machines", machineCreated, { name: "remote" });
    const place = { system, client, remote, accessLog: join(system.folder, "access.log") };
    const sendBy = async (way: string): Promise<Sent[]> => {
      const from = Date.now() * 1000;
      const recorded = await waysIn[way]!(place);
      return recorded.map((one) => ({ ...one, way, from, to: Date.now() * 1000 }));
    };
    // Cron mostly waits; of the others one comes after the other.
    const byCron = sendBy("cron");
    const sent: Sent[] = [];
    for (const way of Object.keys(waysIn)) if (way !== "cron") sent.push(...(await sendBy(way)));
    sent.push(...(await byCron));

    const expected = sent
      .flatMap((one) => Array.from({ length: one.count ?? 1 }, () => nameOf(one)))
      .toSorted();
    await expect
      .poll(async () => (await stored()).map(nameOf).toSorted(), { timeout: 60_000, interval: 250 })
      .toEqual(expected);

    const runs = await stored();
    for (const one of sent) {
      const found = runs.filter((run) => nameOf(run) === nameOf(one));
      for (const run of found) expect(run, one.way).toMatchObject({ kind: one.kind, outcome: one.outcome });
      if (one.startedAt === undefined) for (const run of found) expectWithin(run, one);
    }
  },
);

/** One word for what can be told apart: imported runs also by their start. */
function nameOf({ process, step = "", outcome, startedAt }: Recorded | Execution): string {
  const old = startedAt !== undefined && startedAt < "2026-06" ? startedAt : "";
  return [process, step, outcome, old].join(" | ");
}

function expectWithin({ startedAt, endedAt }: Execution, { way, process, from, to }: Sent): void {
  const start = parseInstant(startedAt)!;
  const end = parseInstant(endedAt!)!;
  const inOrder = from - slackMicros <= start && start <= end && end <= to + slackMicros;
  expect({ way, process, start, end, from, to, inOrder }).toMatchObject({ inOrder: true });
}

async function stored(): Promise<Execution[]> {
  const { items } = await client.get("/executions", list(execution), {
    from: "2026-01-01T00:00:00Z",
    limit: 1000,
  });
  return items;
}
