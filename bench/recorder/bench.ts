/** What recording adds to a command: `culprit-run COMMAND` against COMMAND, in turn, in one run. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const recorder = join(import.meta.dirname, "../../packages/cli/sh/culprit-run");
const command = "/bin/true";

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({ args: argv, options: { runs: { type: "string", default: "100" } } });
  const intake = await mkdtemp(join(tmpdir(), "culprit-bench-recorder-"));
  const ways = {
    bare: { parameters: [command], environment: {} },
    "culprit-run": { parameters: [recorder, command], environment: {} },
    "culprit-run without bash": { parameters: [recorder, command], environment: { CULPRIT_RUN_PLAIN: "1" } },
  };
  const milliseconds = Object.keys(ways).map((): number[] => []);
  for (let round = 0; round < Number(values.runs); round++) {
    for (const [index, { parameters, environment }] of Object.values(ways).entries()) {
      const [program, ...rest] = parameters;
      const before = performance.now();
      spawnSync(program!, rest, {
        env: { ...process.env, ...environment, CULPRIT_INTAKE: intake },
        stdio: "ignore",
      });
      milliseconds[index]!.push(performance.now() - before);
    }
  }
  await rm(intake, { recursive: true });
  const bare = median(milliseconds[0]!);
  console.log(`median of ${values.runs} runs, ms`);
  console.table(
    Object.fromEntries(
      Object.keys(ways).map((way, index) => {
        const took = median(milliseconds[index]!);
        return [way, { took: took.toFixed(2), "over bare": (took - bare).toFixed(2) }];
      }),
    ),
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

if (import.meta.filename === process.argv[1]) await run(process.argv.slice(2));
