/** What recorders and agents tell of what happened: clocks that are off, ends that are missing, measured with an error. */
import { runDemand, type Sharing } from "./fluid.ts";
import { sampleSeconds, type Played } from "./played.ts";
import { Random } from "./random.ts";
import { origin } from "./schedule.ts";

export type Observed = {
  /** By observed run, sorted by the start that its machine's clock told. */
  start: Float64Array;
  end: Float64Array;
  process: Int32Array;
  /** 0 where the end is missing. */
  timed: Uint8Array;
  /** Which run of the plan it was. */
  run: Int32Array;
  /** Of its own machine, in units of capacity; NaN where not measured; null without an agent. */
  demands: { cpu: Float32Array; io: Float32Array } | null;
  /** What each run used of its own machine, in seconds of its whole capacity; NaN where not measured. */
  work: { cpu: Float32Array; io: Float32Array } | null;
  /** By machine; `at` is the end of the interval. Null without an agent. */
  samples: { at: Float64Array; cpu: Float32Array; io: Float32Array; steal: Float32Array }[] | null;
};

export type Observation = {
  /** The most that a machine's clock is off. */
  skewSeconds: number;
  missingEnds: number;
  /** Relative error of measured demands: half of it a process's own, half from run to run; null: no agent. */
  demandError: number | null;
  /** Relative error of a sample of load. */
  sampleError: number;
  /** Relative error of a sample of what waits on top of a full resource. */
  queueError: number;
  /** By how much a machine tells that wrong in all its samples. */
  queueBias: number;
};

export function observe(
  played: Played,
  sharing: Sharing | null,
  seed: number,
  observation: Observation,
): Observed {
  const { processes, runs, machines } = played.plan;
  const clocks = Random.of(seed, "clocks");
  const skews = Array.from({ length: machines }, () => clocks.between(-1, 1) * observation.skewSeconds);
  const skewOf = (run: number) => skews[processes[runs.process[run]!]!.machine]!;
  const order = Int32Array.from(runs.start.keys()).sort(
    (a, b) => runs.start[a]! + skewOf(a) - (runs.start[b]! + skewOf(b)) || a - b,
  );
  const missing = Random.of(seed, "missing ends");
  const timed = Uint8Array.from(order, () => (missing.chance(observation.missingEnds) ? 0 : 1));
  return {
    start: Float64Array.from(order, (run) => runs.start[run]! + skewOf(run)),
    // Of a run that was lost, half are noticed at once; of the others nobody knows how long they were there.
    end: Float64Array.from(
      order,
      (run, i) => (timed[i] === 0 && missing.chance(0.5) ? runs.start[run]! : played.end[run]!) + skewOf(run),
    ),
    process: Int32Array.from(order, (run) => runs.process[run]!),
    timed,
    run: order,
    ...(sharing && observation.demandError !== null
      ? measureRuns(played, sharing, seed, order, observation.demandError)
      : { demands: null, work: null }),
    samples:
      observation.demandError === null || !played.loads
        ? null
        : played.loads.map((load, machine) => {
            const noise = Random.of(seed, "samples", machine);
            const queueScale = Math.exp(observation.queueBias * noise.normal());
            const measured = (value: number) => {
              const waits =
                Math.max(0, value - 1) * queueScale * Math.exp(observation.queueError * noise.normal());
              return Math.max(
                0,
                (Math.min(1, value) + waits) * (1 + observation.sampleError * noise.normal()),
              );
            };
            return {
              at: Float64Array.from(load.cpu, (_, i) => origin + (i + 1) * sampleSeconds + skews[machine]!),
              cpu: load.cpu.map(measured),
              io: load.io.map(measured),
              steal: load.steal.slice(),
            };
          }),
  };
}

/** What a run used is counted by the system and hardly wrong. */
const workError = 0.02;

/** Of requests nobody measures a single one; of other runs one in twenty was missed. */
function measureRuns(
  { plan }: Played,
  { demands }: Sharing,
  seed: number,
  order: Int32Array,
  error: number,
): Pick<Observed, "demands" | "work"> {
  const { processes, runs } = plan;
  const each = error / Math.SQRT2;
  const bias = processes.map((_, process) => {
    const random = Random.of(seed, "demand error", process);
    return [Math.exp(each * random.normal()), Math.exp(each * random.normal())] as const;
  });
  const random = Random.of(seed, "demands");
  const [demand, work] = [0, 1].map(() => ({
    cpu: new Float32Array(order.length).fill(NaN),
    io: new Float32Array(order.length).fill(NaN),
  })) as [NonNullable<Observed["demands"]>, NonNullable<Observed["work"]>];
  for (const [i, run] of order.entries()) {
    const process = runs.process[run]!;
    const { machine, kind } = processes[process]!;
    const missed = random.chance(0.05) || kind === "web";
    for (const [k, resource] of (["cpu", "io"] as const).entries()) {
      const noise = Math.exp(each * random.normal());
      const counted = Math.exp(workError * random.normal());
      if (missed) continue;
      const usual = demands[process]!.find((own) => own.resource === machine * 2 + k)?.demand ?? 0;
      const wanted = runDemand(usual, runs.intensity[run]!);
      demand[resource][i] = wanted * bias[process]![k]! * noise;
      work[resource][i] = wanted * (runs.work[run]! - runs.waiting[run]!) * counted;
    }
  }
  return { demands: demand, work };
}
