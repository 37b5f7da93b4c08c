/** Memory of the whole agent, running: as node from one bundle, and as a file compiled by bun. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { build } from "esbuild";

export type AgentCost = { program: string; rssBytes: number; cpuShare: number };

const entry = join(import.meta.dirname, "../../packages/agent/src/main.ts");
const tools = join(import.meta.dirname, "../tools");

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

/** Each form of the agent, built into the folder; without bun that one is missing, and a line says so. */
export async function builtAgents(folder: string): Promise<BuiltAgent[]> {
  const bundle = join(folder, "agent.mjs");
  await bundleAgent(bundle);
  const compiled = compileWithBun(bundle, join(folder, "agent"));
  return [
    { program: "node", command: process.execPath, parameters: [bundle] },
    ...(compiled ? [{ program: "bun, compiled", command: compiled, parameters: [] }] : []),
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

async function bundleAgent(outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["development"],
    // The web socket library is CommonJS and asks for Node.js's own modules by require.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    external: ["bufferutil", "utf-8-validate"],
    logLevel: "error",
  });
}

function compileWithBun(bundle: string, outfile: string): string | null {
  const bun = join(tools, "node_modules/@oven/bun-linux-x64/bin/bun");
  if (!existsSync(bun)) spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: tools, stdio: "ignore" });
  if (!existsSync(bun)) {
    console.log("no row for bun: its package could not be installed in bench/tools");
    return null;
  }
  execFileSync(bun, ["build", "--compile", "--minify", `--outfile=${outfile}`, bundle], { stdio: "ignore" });
  return outfile;
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
