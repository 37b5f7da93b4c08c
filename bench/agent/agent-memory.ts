/** Memory of the whole agent, running: as node from one bundle, and as a file compiled by bun. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

export type AgentCost = { program: string; rssBytes: number; cpuShare: number };

const agentFiles = join(import.meta.dirname, "../../scripts/agent-files.mjs");

/** Runs each form of the agent for so many seconds against a hub that refuses it, and looks at it from outside. */
export async function agentCosts(seconds: number): Promise<AgentCost[]> {
  const folder = mkdtempSync(join(tmpdir(), "culprit-bench-"));
  const hub = createServer((_request, response) => response.writeHead(503).end());
  await new Promise<void>((resolve) => void hub.listen(0, "127.0.0.1", resolve));
  const address = hub.address();
  const port = typeof address === "object" && address ? address.port : 0;
  try {
    const costs: AgentCost[] = [];
    for (const { program, command, parameters } of await builtAgents(folder))
      costs.push(await costOf(program, command, parameters, port, folder, seconds));
    return costs;
  } finally {
    hub.close();
    rmSync(folder, { recursive: true });
  }
}

export type BuiltAgent = { program: string; command: string; parameters: string[] };

/** Each form of the agent that hubs serve, built into the folder; where it can't be compiled that one is missing, and a line says so. */
export async function builtAgents(folder: string): Promise<BuiltAgent[]> {
  const forms = join(folder, "agent-files");
  const built = spawnSync(process.execPath, [agentFiles, forms, "--compiled"], { encoding: "utf8" });
  const compiled = join(forms, `culprit-agent-linux-${process.arch}`);
  if (!existsSync(compiled)) console.log(`no row for bun: ${built.stderr}`);
  return [
    { program: "node", command: process.execPath, parameters: [join(forms, "culprit-agent.mjs")] },
    ...(existsSync(compiled) ? [{ program: "bun, compiled", command: compiled, parameters: [] }] : []),
  ];
}

/** Settings of an agent that sends to this port with a token that no hub gave, and keeps all it has in the folder. */
export function agentEnvironment(port: number, dataDir: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    CULPRIT_HUB: `http://127.0.0.1:${port}`,
    CULPRIT_TOKEN: `culprit_m_${"x".repeat(32)}`,
    CULPRIT_DATA_DIR: dataDir,
    CULPRIT_INTAKE: join(dataDir, "intake"),
  };
}

async function costOf(
  program: string,
  command: string,
  parameters: string[],
  port: number,
  folder: string,
  seconds: number,
): Promise<AgentCost> {
  const dataDir = join(folder, program.replace(/\W/g, "-"));
  const agent = spawn(command, parameters, {
    stdio: ["ignore", "ignore", "pipe"],
    env: agentEnvironment(port, dataDir),
  });
  let complaint = "";
  agent.stderr.on("data", (text: Buffer) => (complaint += text.toString()));
  try {
    const warmUp = Math.min(20, seconds / 2);
    await pause(warmUp * 1000);
    const before = cpuTicks(agent.pid);
    await pause((seconds - warmUp) * 1000);
    const after = cpuTicks(agent.pid);
    const rss = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${agent.pid}/status`, "utf8"));
    return {
      program,
      rssBytes: Number(rss?.[1]) * 1024,
      cpuShare: (after - before) / 100 / (seconds - warmUp),
    };
  } catch (cause) {
    throw new Error(`the agent as ${program} ended early: ${complaint}`, { cause });
  } finally {
    agent.kill("SIGKILL");
  }
}

/** User and system time of a process that has no spaces in its name, in hundredths of a second. */
function cpuTicks(pid: number | undefined): number {
  const columns = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return Number(columns[11]) + Number(columns[12]);
}
