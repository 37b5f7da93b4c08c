/**
 * `npm run bench -- recording [--per-second N] [--seconds N] [--writers N] [--intake-in FOLDER]`: executions a second
 * through one agent's intake folder. Making a file costs up to half a millisecond on some file systems, which is the
 * writers' share: `--intake-in /dev/shm` leaves it out.
 */
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { recordUnderLoad } from "../../e2e/recording-load.ts";

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      "per-second": { type: "string", default: "5000" },
      seconds: { type: "string", default: "60" },
      writers: { type: "string", default: "2" },
      "intake-in": { type: "string", default: tmpdir() },
    },
  });
  const load = {
    perSecond: Number(values["per-second"]),
    seconds: Number(values.seconds),
    writers: Number(values.writers),
    intakeIn: values["intake-in"],
  };
  const result = await recordUnderLoad(load);
  console.table({
    "executions written": result.acknowledged,
    lost: result.lost.length,
    doubled: result.doubled.length,
    "written in, s": result.writtenSeconds.toFixed(1),
    "folder empty after, s": result.drainedSeconds.toFixed(1),
    "most files waiting": result.mostWaiting,
    "agent CPU, s": result.agentCpuSeconds.toFixed(1),
    "hub CPU, s": result.hubCpuSeconds.toFixed(1),
    "agent CPU, us an execution": ((1e6 * result.agentCpuSeconds) / result.acknowledged).toFixed(0),
    "hub CPU, us an execution": ((1e6 * result.hubCpuSeconds) / result.acknowledged).toFixed(0),
  });
  if (result.lost.length + result.doubled.length > 0) process.exitCode = 1;
}

if (import.meta.filename === process.argv[1]) await run(process.argv.slice(2));
