/**
 * Who slowed it down, held against worlds whose truth is known: all figures with their goals. The full run takes up what
 * an earlier one has judged of the same sources.
 *
 *     npm run bench -- attribution [--quick] [--tuning] [--family <name>] [--worlds <of each family>] [--workers 2]
 */
import { parseArgs } from "node:util";
import { figuresOf } from "./figures.ts";
import type { WorldResult } from "./judge.ts";
import { judgeAll, type Task } from "./pool.ts";
import { ResultFile } from "./result-file.ts";
import { print } from "./table.ts";
import { families, type Case } from "./worlds.ts";

/** Worlds of each family in which the baselines run too. */
const withBaselines = 20;

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      quick: { type: "boolean", default: false },
      tuning: { type: "boolean", default: false },
      family: { type: "string", multiple: true },
      worlds: { type: "string" },
      workers: { type: "string", default: "2" },
    },
  });
  const chosen = families.filter(({ name }) => values.family?.some((part) => name.includes(part)) ?? true);
  const cases = chosen.flatMap(({ name, worlds, quick }): Case[] =>
    Array.from({ length: Number(values.worlds ?? (values.quick ? quick : worlds)) }, (_, index) => ({
      family: name,
      index,
      tuning: values.tuning,
    })),
  );
  if (cases.length === 0) throw new Error(`families: ${families.map(({ name }) => name).join("; ")}`);
  const file = await ResultFile.open();
  const known = new Map((await file.read()).map((result) => [keyOf(result), result]));
  const results = cases.flatMap((one) => known.get(keyOf(one)) ?? []);
  const missing = cases.filter((one) => !known.has(keyOf(one)));
  for (const { name, about } of chosen)
    console.log(`${name}: ${cases.filter(({ family }) => family === name).length} worlds; ${about}`);
  console.log(
    `${values.tuning ? "tuning" : "reporting"} seeds; ${results.length} judged before, in ${file.path}`,
  );
  const tasks = missing.map((one): Task => ({
    one,
    options: { baselines: one.index < withBaselines, moves: true },
  }));
  const begun = performance.now();
  await judgeAll(tasks, Number(values.workers), async (result) => {
    results.push(result);
    await file.add(result);
    tell(results, cases.length, (performance.now() - begun) / 1000);
  });
  print(figuresOf(results));
}

const keyOf = ({ family, index, tuning }: Case): string => `${family}/${index}/${tuning}`;

function tell(results: readonly WorldResult[], all: number, seconds: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${results.length} of ${all}, ${Math.round(seconds)} s `);
  else if (results.length % 100 === 0) console.error(`${results.length} of ${all}, ${Math.round(seconds)} s`);
}
