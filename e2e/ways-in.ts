/** Every way in which a run may be recorded, each by the real client that people have. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { writeIntake } from "@culprit/agent";
import {
  checkinCreated,
  type ExecutionKind,
  type ExecutionOutcome,
  type HubClient,
  type MachineCreated,
} from "@culprit/protocol";
import { startNginx, startPhpFpm } from "../packages/agent/src/testing/web-servers.ts";
import { startPrivateCron } from "./private-cron.ts";
import { culpritRun, type System } from "./system.ts";

const root = resolve(import.meta.dirname, "..");
const snippets = join(root, "packages/cli/snippets");
const run = promisify(execFile);

export type Place = {
  system: System;
  /** Signed in as the administrator. */
  client: HubClient;
  /** A machine without an agent. */
  remote: MachineCreated;
  /** The log that the agent follows. */
  accessLog: string;
};

/** What must be found afterwards: so many runs, all of them within the time that the way took. */
export type Recorded = {
  process: string;
  step?: string;
  kind: ExecutionKind;
  outcome: ExecutionOutcome;
  count?: number;
  /** Of runs that are not from now: their start. */
  startedAt?: string;
};

const json = (body: object) => ["-H", "content-type: application/json", "--data-raw", JSON.stringify(body)];

async function http({ system, remote }: Place): Promise<Recorded[]> {
  const at = (millis: number) => new Date(Date.now() + millis).toISOString();
  const body = { id: "http-1", process: "by http", startedAt: at(-5), endedAt: at(0), exitCode: 1 };
  const call = ["-fsS", "-H", `authorization: Bearer ${remote.token}`, ...json(body)];
  for (const repeated of [false, true]) {
    const { stdout } = await run("curl", [...call, `${system.address}/api/v1/executions`]);
    if (!stdout.includes(`"duplicates":${Number(repeated)}`)) throw new Error(stdout);
  }
  return [{ process: "by http", kind: "job", outcome: "failed" }];
}

async function log({ system, remote }: Place): Promise<Recorded[]> {
  const started = new Date().toISOString();
  await system.command("log", "--process", "by log", "--machine", remote.name, "--started", started);
  return [{ process: "by log", kind: "job", outcome: "ok" }];
}

async function intakeFolder({ system }: Place): Promise<Recorded[]> {
  const startedAt = new Date().toISOString();
  await writeIntake(system.intake, { process: "by intake", startedAt, endedAt: new Date().toISOString() });
  return [{ process: "by intake", kind: "job", outcome: "ok" }];
}

async function recorders({ system }: Place): Promise<Recorded[]> {
  await system.command("run", "--name", "by culprit run", "--", "sleep", "0.1");
  const steps = `"$0" --step one -- sleep 0.05; exec "$0" --step two -- false`;
  const job = ["--name", "by culprit-run", "--capture", "--", "sh", "-c", steps, culpritRun];
  await run(culpritRun, job, { env: system.environment }).catch(() => null);
  return [
    { process: "by culprit run", kind: "job", outcome: "ok" },
    { process: "by culprit-run", kind: "job", outcome: "failed" },
    { process: "by culprit-run", step: "one", kind: "job", outcome: "ok" },
    { process: "by culprit-run", step: "two", kind: "job", outcome: "failed" },
  ];
}

/** Debian's cron: a crontab with `SHELL=`, and one that nobody has touched. */
async function cron({ system }: Place): Promise<Recorded[]> {
  const folder = join(system.folder, "cron");
  await mkdir(folder);
  for (const name of ["culprit-run", "culprit-run-capture", "culprit-sh"])
    await copyFile(join(root, "packages/cli/sh", name), join(folder, name));
  const watched = join(folder, "watched.sh");
  const ended = join(folder, "ended");
  await writeFile(watched, `#!/bin/sh\nsleep 12.5\n: >${ended}\n`);
  await chmod(watched, 0o755);
  await chmod(system.folder, 0o755);
  const daemon = await startPrivateCron({
    users: {
      root: `SHELL=${folder}/culprit-sh\nCULPRIT_INTAKE=${system.intake}\n@reboot sleep 1 # culprit: by culprit-sh\n`,
    },
    system: `@reboot root ${watched} --password=secret\n`,
  });
  // It takes twice as long as the agent to notice that there is a new daemon.
  for (let waited = 0; !existsSync(ended); waited++) {
    if (waited > 600) throw new Error("the job of cron did not end within a minute");
    await sleep(100);
  }
  await sleep(1500);
  await daemon.stop();
  return [
    { process: "by culprit-sh", kind: "cron", outcome: "ok" },
    { process: "watched.sh", kind: "cron", outcome: "ok" },
  ];
}

async function php({ system }: Place): Promise<Recorded[]> {
  const folder = join(system.folder, "php-site");
  await mkdir(folder);
  await writeFile(join(folder, "page.php"), "<?php usleep(10000); echo 'ok';");
  const fpm = await startPhpFpm(folder, {
    ini: { auto_prepend_file: join(snippets, "culprit.php") },
    environment: { CULPRIT_INTAKE: system.intake },
  });
  const nginx = await startNginx(folder, {
    http: "access_log off;",
    server: `location / { fastcgi_pass unix:${fpm.socket}; fastcgi_param SCRIPT_FILENAME ${folder}/page.php;
fastcgi_param REQUEST_METHOD $request_method; fastcgi_param REQUEST_URI $request_uri; }`,
  });
  await run("curl", ["-fsS", `http://127.0.0.1:${nginx.port}/php/17?card=4111`]);
  await nginx.stop();
  await fpm.stop();
  const command = ["-n", "-d", `auto_prepend_file=${snippets}/culprit.php`, join(folder, "page.php")];
  await run("php", command, { env: system.environment });
  return [
    { process: "GET /php/{}", kind: "web", outcome: "ok" },
    { process: "page.php", kind: "job", outcome: "ok" },
  ];
}

/** Asks a program that prints its port. */
async function askOnce(system: System, command: string, parameters: string[], path: string) {
  const child = spawn(command, parameters, {
    env: { ...system.environment, PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = (await once(createInterface(child.stdout), "line")) as [string];
  await run("curl", ["-sS", `http://127.0.0.1:${port}${path}`]);
  // It records after the answer.
  await sleep(300);
  child.kill("SIGTERM");
  await once(child, "exit");
}

async function node({ system }: Place): Promise<Recorded[]> {
  const program = `import("node:http").then(({ createServer }) => {
    const server = createServer((request, response) => response.writeHead(500).end());
    server.listen(0, "127.0.0.1", () => console.log(server.address().port)); });`;
  const parameters = ["--import", join(snippets, "culprit-node.mjs"), "--eval", program];
  await askOnce(system, process.execPath, parameters, "/node/42");
  return [{ process: "GET /node/{}", kind: "web", outcome: "failed" }];
}

async function python({ system }: Place): Promise<Recorded[]> {
  const program = `import sys; sys.path.insert(0, sys.argv[1])
from wsgiref.simple_server import make_server
from culprit_wsgi import CulpritWSGI
def application(environ, start_response):
    start_response("200 OK", [])
    return [b"ok"]
sys.stderr = open("/dev/null", "w")
server = make_server("127.0.0.1", 0, CulpritWSGI(application))
print(server.server_port, flush=True)
server.serve_forever()`;
  await askOnce(system, "python3", ["-c", program, snippets], "/python/42");
  return [{ process: "GET /python/{}", kind: "web", outcome: "ok" }];
}

async function accessLog({ system, accessLog: path }: Place): Promise<Recorded[]> {
  const folder = join(system.folder, "logged-site");
  const nginx = await startNginx(folder, {
    http: `log_format culprit escape=json '{"time":"$msec","request_time":"$request_time","status":"$status","method":"$request_method","uri":"$request_uri"}';
access_log ${path} culprit;`,
    server: "location / { return 200; }",
  });
  for (const order of [1, 2]) await run("curl", ["-fsS", `http://127.0.0.1:${nginx.port}/logged/${order}`]);
  await nginx.stop();
  return [{ process: "GET /logged/{}", kind: "web", outcome: "ok", count: 2 }];
}

async function traces({ system, remote }: Place): Promise<Recorded[]> {
  for (const protocol of ["http/protobuf", "http/json"])
    await run(process.execPath, [join(root, "examples/traces/shop.mjs")], {
      env: {
        ...process.env,
        OTEL_EXPORTER_OTLP_ENDPOINT: system.address,
        OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${remote.token}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      },
    });
  return [
    { process: "POST /orders/:id", kind: "web", outcome: "failed", count: 2 },
    { process: "POST /orders/:id", step: "SELECT cards", kind: "web", outcome: "ok", count: 2 },
    { process: "POST /orders/:id", step: "rows", kind: "web", outcome: "ok", count: 2 },
    { process: "nightly invoices", kind: "job", outcome: "failed", count: 2 },
  ];
}

async function checkIns({ system, client, remote }: Place): Promise<Recorded[]> {
  const input = { machine: remote.name, process: "checked in" };
  const { token } = await client.post("/checkins", checkinCreated, input);
  const environment = { ...process.env, HUB: system.address, KEY: remote.token, TOKEN: token };
  await run("sh", [join(root, "examples/check-ins.sh")], { env: environment });
  const sentry = join(root, "packages/hub/src/test/sentry-client.mjs");
  const dsn = `${system.address.replace("://", `://${remote.token}@`)}/checkin/sentry/7`;
  await run(process.execPath, [sentry, "around"], { env: { ...process.env, SENTRY_DSN: dsn } });
  return [
    { process: "checked in", kind: "cron", outcome: "ok", count: 2 },
    { process: "report", kind: "cron", outcome: "ok" },
    { process: "nightly-job", kind: "cron", outcome: "failed" },
    { process: "cleanup", kind: "cron", outcome: "ok" },
    { process: "around", kind: "cron", outcome: "ok" },
  ];
}

async function savelog({ system, remote }: Place): Promise<Recorded[]> {
  const number = remote.id.slice("m_".length);
  const client = join(root, "examples/savelog/client.php");
  await run("php", [client, system.address, number, remote.token, "UTC"]);
  return [{ process: "Fechamento", step: "notas", kind: "cron", outcome: "ok" }];
}

async function imports({ system }: Place): Promise<Recorded[]> {
  const example = (name: string) => join(root, "examples/import", name);
  const all = ["--create-machines", "--zone", "America/Sao_Paulo", "--json"];
  const sources = [
    ["csv", example("runs.csv"), ...all, "--map", "start=begin_ts,attributes.queue=queue"],
    ["ndjson", example("runs.ndjson"), ...all, "--machine", "web-1"],
    ["mysql", example("log.sql"), ...all, "--machine-names", "7=web-1,9=db-1"],
    ["journal", example("journal.ndjson"), ...all, "--kind", "cron"],
  ];
  for (const source of [...sources, ...sources]) await system.command("import", ...source);
  return [
    { process: "nightly backup", kind: "job", outcome: "ok", startedAt: "2026-03-02T05:00:00.000000Z" },
    { process: "nightly backup", kind: "job", outcome: "ok", startedAt: "2026-03-03T05:00:00.000000Z" },
    { process: "nightly backup", kind: "job", outcome: "failed", startedAt: "2026-03-04T05:00:00.000000Z" },
    { process: "vacuum", kind: "job", outcome: "ok", startedAt: "2026-03-02T06:30:00.000000Z" },
    { process: "invoice", kind: "job", outcome: "ok", startedAt: "2026-03-02T04:00:00.000000Z" },
    { process: "invoice", kind: "job", outcome: "failed", startedAt: "2026-03-03T04:00:00.000000Z" },
    { process: "Fechamento", kind: "cron", outcome: "ok", startedAt: "2026-03-02T04:00:00.000000Z" },
    {
      process: "Fechamento",
      step: "conciliação",
      kind: "cron",
      outcome: "ok",
      startedAt: "2026-03-02T04:02:00.000000Z",
    },
    { process: "certbot", kind: "cron", outcome: "ok", startedAt: "2026-03-02T02:00:00.000000Z" },
    { process: "GET /relatório", kind: "web", outcome: "ok", startedAt: "2026-03-02T12:15:00.123400Z" },
  ];
}

export const waysIn: Record<string, (place: Place) => Promise<Recorded[]>> = {
  http,
  log,
  intakeFolder,
  recorders,
  cron,
  php,
  node,
  python,
  accessLog,
  traces,
  checkIns,
  savelog,
  imports,
};
