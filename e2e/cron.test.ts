/** Crontabs whose jobs are recorded or observed, run by Debian's cron: the real daemon, a real agent and a real hub. */
import { chmod, cp, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { execution, list, type Execution, type HubClient } from "@culprit/protocol";
import { memberOf, scanRecords } from "../packages/agent/src/spool/record.ts";
import { adminClient } from "./hub-process.ts";
import { canRunCron, startPrivateCron, type PrivateCron } from "./private-cron.ts";
import { culpritRun, startSystem, type System } from "./system.ts";

const secret = "hunter2-S3cr3t";

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
    const installed = join(folder, "bin");
    await cp(dirname(culpritRun), installed, { recursive: true });
    system = await startSystem({ CULPRIT_INTAKE: intake, CULPRIT_OBSERVE_CRON: "true" });
    client = await adminClient(system.address);
    cron = await startPrivateCron({
      users: {
        root: `CULPRIT_INTAKE=${intake}
@reboot ${installed}/culprit-run --kind cron --name backup -- sh -c 'echo out; echo err >&2; exit 3'
@reboot ${installed}/culprit-run --kind cron --name wrapped -- sleep 12.5
@reboot touch ${folder}/from; sleep 12.5; touch ${folder}/to # culprit: bare
@reboot echo $$ >${folder}/pid; sleep 471; : # culprit: shot
SHELL=${installed}/culprit-sh
@reboot cd / && API_TOKEN=${secret} nice -n 5 sh -c 'echo nice $(nice), $SHELL' ${secret}
@reboot load-orders -p${secret} orders
@reboot ${installed}/culprit-run --kind cron --name once -- true
CULPRIT_CAPTURE=1
@reboot cat ; false # culprit: from input%one%two
@reboot kill -9 $PPID ; sleep 1 # culprit: killed
CULPRIT_SHELL=/bin/bash
@reboot [[ x == x ]] && printf 'bash \\%s\\n' "$0" # culprit: in bash
`,
      },
      system: `CULPRIT_INTAKE=${intake}
SHELL=${installed}/culprit-sh
@reboot nobody id -un
@reboot root test -x /bin/true && run-parts --report ${folder}/bin/none
`,
    });
    await vi.waitFor(async () => expect(await recorded()).toHaveLength(9), {
      timeout: 30_000,
      interval: 200,
    });
  });
  afterAll(async () => {
    await cron?.stop();
    await system?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const ended = async (): Promise<Execution[]> =>
    (await client.get("/executions", list(execution), { kind: "cron" })).items.filter(
      ({ outcome }) => outcome !== "running",
    );
  const isSlow = ({ process }: Execution) => ["wrapped", "bare", "shot", "sleep", "touch"].includes(process);
  const recorded = async () => (await ended()).filter((run) => !isSlow(run));

  test("are recorded once each, under the names that people give them, with user and status", async () => {
    const runs = (await recorded()).toSorted((a, b) => a.process.localeCompare(b.process));
    expect(
      runs.map(({ process, outcome, exitCode, attributes }) => [process, outcome, exitCode, attributes]),
    ).toEqual([
      ["backup", "failed", 3, { user: "root" }],
      ["echo", "ok", 0, { user: "root" }],
      ["from input", "failed", 1, { user: "root" }],
      ["id", "ok", 0, { user: "nobody" }],
      ["in bash", "ok", 0, { user: "root" }],
      ["killed", "lost", undefined, { user: "root" }],
      ["load-orders", "failed", 127, { user: "root" }],
      ["none", "failed", 1, { user: "root" }],
      ["once", "ok", 0, { user: "root" }],
    ]);
  });

  test("tell what they wrote where their crontab asks for it", async () => {
    const run = (await recorded()).find(({ process }) => process === "from input");
    expect(await client.get(`/executions/${run!.id}`, execution)).toMatchObject({ output: "one\ntwo" });
  });

  test("are mailed as without it", async () => {
    const mail = await cron.mail();
    const bodies = mail.split(/^From: .*$/m).map((each) => each.slice(each.indexOf("\n\n") + 2));
    for (const body of ["out\nerr\n", "nice 5, /bin/sh\n", "one\ntwo\n", "nobody\n", "bash /bin/bash\n"])
      expect(bodies).toContain(body);
    expect(bodies.filter((body) => body.includes("load-orders: not found"))).toHaveLength(1);
  });

  test("never have their secrets leave the machine", async () => {
    const spooled = await spooledIn(join(system.folder, "data/agent"));
    // Answers and not texts, which would be very long to show.
    expect([spooled.includes('"process":"load-orders"'), spooled.includes(secret)]).toEqual([true, false]);
    const stored = (await filesBelow(join(system.folder, "data"))).map((bytes) => bytes.toString("latin1"));
    expect(stored.filter((text) => text.includes(secret))).toHaveLength(0);
  });

  test("are observed where nobody records them, each once", async () => {
    const untilEnded = (name: string) =>
      vi.waitFor(async () => expect((await ended()).map(({ process }) => process)).toContain(name), {
        timeout: 40_000,
        interval: 200,
      });
    await untilEnded("bare");
    const [from, to] = await Promise.all(
      ["from", "to"].map(async (name) => (await stat(join(folder, name))).mtimeMs),
    );
    process.kill(-Number(await readFile(join(folder, "pid"), "utf8")), "SIGKILL");
    await untilEnded("shot");
    await untilEnded("wrapped");
    const runs = (await ended()).filter(isSlow);
    expect(runs.map(({ process, flags }) => `${process}: ${flags.join()}`).toSorted()).toEqual([
      "bare: observed",
      "shot: observed",
      "wrapped: ",
    ]);
    const bare = runs.find(({ process }) => process === "bare")!;
    expect(bare.attributes).toEqual({ user: "root" });
    expect(Math.abs(Date.parse(bare.startedAt) - from!)).toBeLessThan(1000);
    expect(Math.abs(Date.parse(bare.endedAt!) - to!)).toBeLessThan(1000);
  });
});

async function filesBelow(folder: string): Promise<Buffer[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name))));
}

/** All that the agent has spooled, which is what it sends, byte for byte. */
async function spooledIn(folder: string): Promise<string> {
  const records = (await filesBelow(folder)).flatMap((bytes) => scanRecords(bytes).records);
  return records.map(({ record, header }) => gunzipSync(memberOf(record, header)).toString()).join("\n");
}
