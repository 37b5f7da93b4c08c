/** What recording adds to a command: each recorder against the command that it runs, in turn, in one run. */
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const scripts = join(import.meta.dirname, "../../packages/cli/sh");
const command = "/bin/true";
const shellCommand = ["/bin/sh", "-c", command];
/** As long as those of crontabs are. */
const line = `cd / && nice -n 0 ${command} --quiet > /dev/null 2>&1`;

type Way = { parameters: string[]; over: string[]; environment?: Record<string, string> };
const byBash = { CULPRIT_RUN_BY: "bash" };
const withoutBash = { CULPRIT_RUN_BY: "sh" };
const ways: Record<string, Way> = {
  "culprit-run": { parameters: [`${scripts}/culprit-run`, command], over: [command] },
  "culprit-run by bash": {
    parameters: [`${scripts}/culprit-run`, command],
    over: [command],
    environment: byBash,
  },
  "culprit-run without bash": {
    parameters: [`${scripts}/culprit-run`, command],
    over: [command],
    environment: withoutBash,
  },
  "culprit-run --capture": { parameters: [`${scripts}/culprit-run`, "--capture", command], over: [command] },
  "culprit-run, sh -c": { parameters: [`${scripts}/culprit-run`, ...shellCommand], over: shellCommand },
  "culprit-sh": { parameters: [`${scripts}/culprit-sh`, "-c", command], over: shellCommand },
  "culprit-sh by bash": {
    parameters: [`${scripts}/culprit-sh`, "-c", command],
    over: shellCommand,
    environment: byBash,
  },
  "culprit-sh, a long line": {
    parameters: [`${scripts}/culprit-sh`, "-c", line],
    over: ["/bin/sh", "-c", line],
  },
};

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({ args: argv, options: { runs: { type: "string", default: "100" } } });
  const runs = Number(values.runs);
  const intake = await mkdtemp(join(tmpdir(), "culprit-bench-recorder-"));
  const rows = Object.entries(ways).map(([name, way]) => ({
    name,
    way,
    bare: [] as number[],
    recorded: [] as number[],
  }));
  for (let round = 0; round < runs; round++)
    for (const { way, bare, recorded } of rows) {
      bare.push(milliseconds(way.over, {}));
      recorded.push(milliseconds(way.parameters, { ...way.environment, CULPRIT_INTAKE: intake }));
    }
  const ended = (await readdir(intake)).filter((name) => name.endsWith(".end")).length;
  await rm(intake, { recursive: true });
  if (ended !== runs * rows.length)
    throw new Error(`${ended} runs were recorded instead of ${runs * rows.length}`);
  console.log(`median of ${runs} runs each, ms; limit: 4 over bare`);
  console.table(
    Object.fromEntries(
      rows.map(({ name, bare, recorded }) => [
        name,
        {
          bare: median(bare).toFixed(2),
          recorded: median(recorded).toFixed(2),
          over: (median(recorded) - median(bare)).toFixed(2),
        },
      ]),
    ),
  );
}

/** Output goes to pipes, as a cron daemon has them. */
function milliseconds([program, ...rest]: readonly string[], environment: Record<string, string>): number {
  const before = performance.now();
  spawnSync(program!, rest, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  return performance.now() - before;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

if (import.meta.filename === process.argv[1]) await run(process.argv.slice(2));
