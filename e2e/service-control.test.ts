/** A real Apache, controlled by its init script from the command and the API, through a real hub and a real agent. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startAgent, type RunningAgent } from "@culprit/agent";
import { initScripts } from "@culprit/agent/service-manager";
import type { AuditEntry } from "@culprit/protocol";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  apacheInitScript,
  apacheService,
  type ApacheService,
} from "../packages/agent/src/testing/apache-service.ts";
import { TestSystem } from "../packages/cli/src/testing/system.ts";

describe.runIf(process.getuid?.() === 0 && existsSync(apacheInitScript))("a real Apache", () => {
  const system = new TestSystem();
  const run = (...argv: string[]) => system.command(argv);
  const dataDir = join(system.folder, "agent");
  const allow = (text: string) => writeFileSync(system.environment["CULPRIT_ALLOWED_FILE"]!, `${text}\n`);
  let apache: ApacheService;
  let agent: RunningAgent;
  let hub: string;

  beforeAll(async () => {
    const { match } = await system.start(["hub"], /(http:\S+)\/sign-in#once=\S+/);
    hub = match[1]!;
    system.environment["CULPRIT_HUB"] = hub;
    const { out } = await run("token", "create", "--enroll");
    apache = await apacheService(system.folder);
    agent = await startAgent(
      {
        hub,
        enrollmentToken: out,
        machineName: "web-1",
        dataDir,
        intake: join(system.folder, "intake"),
        allowedFile: system.environment["CULPRIT_ALLOWED_FILE"]!,
        observe: { cron: false, systemd: false },
      },
      { control: { manager: initScripts(apache.folder) }, log: { info() {}, warn() {}, error() {} } },
    );
    allow("services: { apache2: [start, stop], httpd: { unit: apache2, verbs: [restart] } }");
    await vi.waitFor(async () => expect((await run("service", "web-1")).status).toBe(0), { timeout: 20_000 });
  }, 60_000);
  afterAll(async () => {
    await agent.stop();
    await apache.stop();
    await system.stop();
  });

  test("is started, restarted by another name, and stopped, where the machine's own file allows it", async () => {
    const listed = (await run("service", "web-1")).out;
    expect(listed).toMatch(/^apache2 +stopped +start, stop$/m);
    expect(listed).toMatch(/^httpd +stopped +restart$/m);
    expect(await run("service", "web-1", "apache2", "start")).toMatchObject({ status: 0 });
    expect(await apache.serves()).toBe(true);
    const refused = await run("service", "web-1", "httpd", "stop");
    expect(refused).toMatchObject({ status: 1, out: "" });
    expect(refused.errors).toContain("the machine's own file (allowed.yaml) lists httpd, but not with stop");
    const token = readFileSync(join(system.folder, "culprit-data/cli-token"), "utf8");
    const ask = async (method: string, path: string) => {
      const secret = /culprit_u_\w+/.exec(token)![0];
      const answer = await fetch(`${hub}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${secret}` },
      });
      return { status: answer.status, body: (await answer.json()) as object };
    };
    expect(await ask("POST", "/machines/web-1/services/httpd/restart")).toMatchObject({
      status: 200,
      body: {
        unit: "httpd",
        ok: true,
        exitCode: 0,
        state: "running",
        output: expect.stringContaining("Restarting Apache") as string,
      },
    });
    rmSync(system.environment["CULPRIT_ALLOWED_FILE"]!);
    expect((await run("service", "web-1", "apache2", "stop")).errors).toContain("there is no file");
    expect(await apache.serves()).toBe(true);
    allow("services: { apache2: [stop] }");
    expect(await run("service", "web-1", "apache2", "stop")).toMatchObject({ status: 0 });
    expect(await apache.serves()).toBe(false);

    const { items } = (await ask("GET", "/audit?machine=web-1")).body as { items: AuditEntry[] };
    expect(
      items
        .filter(({ what }) => what.startsWith("service"))
        .map(({ what, target, outcome }) => [what, target, outcome]),
    ).toEqual([
      ["service.stop", "apache2", "done"],
      ["service.stop", "apache2", "refused"],
      ["service.restart", "httpd", "done"],
      ["service.stop", "httpd", "refused"],
      ["service.start", "apache2", "done"],
    ]);
    const kept = readFileSync(join(dataDir, "audit.log"), "utf8").trim().split("\n");
    const outcomes = kept.map((line) => JSON.parse(line) as { request: string; outcome: string });
    expect(outcomes.filter(({ request }) => request === "service").map(({ outcome }) => outcome)).toEqual(
      "begun done begun refused begun done begun refused begun done".split(" "),
    );
  });
});
