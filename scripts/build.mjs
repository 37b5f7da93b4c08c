/**
 * Builds what runs: message catalogue, TypeScript, dashboard. A step whose inputs are as they were is left out (seen
 * by name, size and time), so that a second start takes no time. `--force` builds all. `--agents` also compiles the agent
 * for machines without Node.js, which takes 100 MB from npm's registry the first time.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must, root, tool } from "./run.mjs";

const packages = readdirSync(join(root, "packages"));
const sources = packages.flatMap((name) =>
  ["src", "package.json", "tsconfig.json"].map((file) => `packages/${name}/${file}`),
);
/** All that hubs give to machines that enrol. */
const agentFolder = join(root, "packages/agent/dist/single-file");
const agentInputs = [
  ...["agent", "protocol", "probes"].map((name) => `packages/${name}/src`),
  "packages/cli/sh",
  "scripts/agent-files.mjs",
];
const steps = [
  {
    name: "messages",
    inputs: ["packages/messages"],
    output: "packages/messages/generated/messages.js",
    build: () => must("npm", ["run", "--silent", "build", "-w", "@culprit/messages"]),
  },
  {
    name: "programs",
    inputs: [...sources, "packages/messages", "tsconfig.base.json"],
    output: "packages/cli/dist/main.js",
    build: () => must(process.execPath, [tool("tsc"), "-b", "packages/cli"]),
  },
  {
    name: "dashboard",
    inputs: ["packages/web", "packages/messages", "packages/charts/src", "packages/protocol/src"],
    output: "packages/web/dist/index.html",
    build: () => must(process.execPath, [tool("vite"), "build", "--logLevel", "warn", "packages/web"]),
  },
  {
    name: "agent to be served",
    inputs: agentInputs,
    output: "packages/agent/dist/single-file/culprit-agent.mjs",
    build: async () => (await import("./agent-files.mjs")).bundleAgent(agentFolder),
  },
  {
    name: "compiled agents",
    onRequest: true,
    inputs: agentInputs,
    output: "packages/agent/dist/single-file/culprit-agent-linux-x64.gz",
    build: async () => (await import("./agent-files.mjs")).compileAgent(agentFolder),
  },
];

const usual = steps.filter(({ onRequest }) => !onRequest).map(({ name }) => name);
const stampFile = join(root, "node_modules/.culprit-build.json");

/** Builds the named steps; by default all that are not only made when asked for. */
export async function build({ force = false, only = usual, agents = false } = {}) {
  const stamps = force ? {} : readStamps();
  for (const step of steps.filter(({ name, onRequest }) => only.includes(name) || (agents && onRequest))) {
    const fingerprint = fingerprintOf(step.inputs);
    if (stamps[step.name] === fingerprint && existsSync(join(root, step.output))) continue;
    console.log(`Building ${step.name}`);
    await step.build();
    stamps[step.name] = fingerprint;
    writeFileSync(stampFile, JSON.stringify(stamps));
  }
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, "utf8"));
  } catch {
    return {}; // never built, or cut short
  }
}

function fingerprintOf(inputs) {
  const hash = createHash("sha256").update(process.version);
  for (const input of inputs) addTo(hash, input);
  return hash.digest("hex");
}

const outputs = new Set(["node_modules", "dist", "types", "generated"]);

function addTo(hash, path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stat) return;
  if (stat.isDirectory()) {
    for (const entry of readdirSync(join(root, path)).toSorted()) {
      if (!outputs.has(entry)) addTo(hash, `${path}/${entry}`);
    }
  } else if (!path.endsWith(".tsbuildinfo")) hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`);
}

if (import.meta.filename === process.argv[1])
  await build({ force: process.argv.includes("--force"), agents: process.argv.includes("--agents") });
