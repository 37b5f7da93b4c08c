/**
 * Jobs that repeat, antagonists that burst in between one at a time, and with each antagonist a companion that starts the
 * same second and does nothing.
 */
import { realJobs, type TimedJob } from "../../e2e/real-jobs.ts";
import { Random } from "../../packages/simulator/src/index.ts";

export type Antagonist = { name: string; companion: string; command: (seconds: number) => string };

/** The disk is hurt by stress-ng, and better by fio where it is installed. */
export const antagonists = (withFio: boolean): Antagonist[] => [
  {
    name: "antagonist-cpu",
    companion: "companion-cpu",
    command: (seconds) => `stress-ng --quiet --cpu 6 --cpu-method matrixprod --timeout ${seconds}s`,
  },
  {
    name: "antagonist-memory",
    companion: "companion-memory",
    command: (seconds) => `stress-ng --quiet --stream 4 --timeout ${seconds}s`,
  },
  {
    name: "antagonist-disk",
    companion: "companion-disk",
    command: (seconds) =>
      withFio
        ? `fio --name=burst --rw=randrw --bs=64k --size=256m --numjobs=4 --fsync=8 --time_based --runtime=${seconds} --output=/dev/null`
        : `stress-ng --quiet --hdd 4 --hdd-opts fsync --hdd-bytes 64m --temp-path . --timeout ${seconds}s`,
  },
];

const everySeconds = 20;
/** One job repeats its work, so that it takes some seconds alone. */
const passes = 3;
/** All jobs have some normal runs before the first antagonist. */
const quietSeconds = 80;
const burstSeconds = 20;
const gapSeconds = 30;

export function timelineOf(seconds: number, seed: number, all: readonly Antagonist[]): TimedJob[] {
  const random = Random.of(seed, "real");
  const jobs: TimedJob[] = realJobs.flatMap(({ name, command }, number) =>
    Array.from({ length: Math.floor(seconds / everySeconds) }, (_, i) => ({
      at: i * everySeconds + (number * everySeconds) / realJobs.length,
      name,
      command: `for repeat in $(seq ${passes}); do ${command}; done`,
    })),
  );
  let turn = random.shuffled(all);
  for (
    let at = quietSeconds;
    at + burstSeconds < seconds;
    at += burstSeconds + gapSeconds + random.between(0, 20)
  ) {
    if (turn.length === 0) turn = random.shuffled(all);
    const { name, companion, command } = turn.pop()!;
    jobs.push(
      { at, name, command: command(burstSeconds) },
      { at: at + 0.2, name: companion, command: `sleep ${burstSeconds}` },
    );
  }
  return jobs;
}
