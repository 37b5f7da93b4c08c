/** Crontabs whose jobs are recorded, run by Debian's cron: the real daemon, a real agent and a real hub. */
import { chmod, copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { execution, list, type Execution, type HubClient } from "@culprit/protocol";
import { adminClient } from "./hub-process.ts";
import { canRunCron, startPrivateCron, type PrivateCron } from "./private-cron.ts";
import { culpritRun, startSystem, type System } from "./system.ts";

describe.skipIf(!canRunCron)("jobs of cron", () => {
  let folder: string;
  let system: System;
  let client: HubClient;
  let cron: PrivateCron;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "culprit-crontab-"));
    await chmod(folder, 0o755);
    const intake = join(folder, "intake");
    // Where any user may run it, as where it is installed.
    const recorder = join(folder, "culprit-run");
    await copyFile(culpritRun, recorder);
    system = await startSystem({ CULPRIT_INTAKE: intake });
    client = await adminClient(system.address);
    cron = await startPrivateCron({
      users: {
        root: `CULPRIT_INTAKE=${intake}
@reboot ${recorder} --kind cron --name backup -- sh -c 'echo out; echo err >&2; exit 3'
`,
      },
      system: `CULPRIT_INTAKE=${intake}
@reboot nobody ${recorder} --kind cron -- id -un
`,
    });
  });
  afterAll(async () => {
    await cron?.stop();
    await system?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const recorded = async (): Promise<Execution[]> =>
    (await client.get("/executions", list(execution), { kind: "cron" })).items;

  test("are recorded with the user and status they had, and mailed as without it", async () => {
    await vi.waitFor(async () => expect(await recorded()).toHaveLength(2), {
      timeout: 20_000,
      interval: 200,
    });
    const runs = (await recorded()).toSorted((a, b) => a.process.localeCompare(b.process));
    expect(runs).toMatchObject([
      { process: "backup", outcome: "failed", exitCode: 3, attributes: { user: "root" } },
      { process: "id", outcome: "ok", exitCode: 0, attributes: { user: "nobody" } },
    ]);
    const mail = await cron.mail();
    expect(mail).toMatch(/\n\nout\nerr\n(From|$)/);
    expect(mail).toMatch(/\n\nnobody\n(From|$)/);
  });
});
