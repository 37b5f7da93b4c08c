/**
 * What the schedule's answers cost with a month of a million executions: the plan, one what-if, the advice, the moves that
 * were made; and what was different in a span of 5,000 series. With known costs alone, and with measured load.
 *
 *     npm run bench -- moves [--executions 1000000]
 */
import { parseArgs } from "node:util";
import {
  advise,
  compareSpan,
  doneMoves,
  orderOf,
  pick,
  planFor,
  Predictor,
  seededRandom,
  spansBefore,
  type Evidence,
  type PlanModel,
} from "@culprit/analysis";

const day = 86_400;
const days = 30;
const machines = 20;
const jobs = 12;
const origin = Date.UTC(2026, 0, 5) / 1000;
const zones = Array.from({ length: machines }, () => "UTC");

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: { executions: { type: "string", default: "1000000" } },
  });
  const evidence = fleet(Number(values.executions));
  console.log(
    `${evidence.log.start.length} executions of ${evidence.groups.process.length} groups in ${days} days`,
  );
  for (const [name, model] of Object.entries({
    "known costs": costModel(evidence),
    "and load": loadModel(evidence),
  })) {
    const plan = timed(`${name}: plan`, () => planFor(model, evidence));
    const predictor = new Predictor(plan);
    const move = [{ group: 0, shiftSeconds: 3600 }];
    timed(`${name}: what-if, the first`, () => predictor.predict(move));
    timed(`${name}: what-if, another`, () => predictor.predict([{ group: 1, shiftSeconds: -1800 }]));
    const advice = timed(`${name}: advice`, () => advise(plan, { zones }));
    console.log(`  ${advice.length} moves`);
    timed(`${name}: moves that were made`, () => doneMoves(plan, zones));
  }
  const crowded = crowd(Number(values.executions));
  const overloaded = timed("one overloaded machine: plan", () => planFor(crowdModel(crowded), crowded));
  const predictor = new Predictor(overloaded);
  timed("one overloaded machine: what-if, the first", () =>
    predictor.predict([{ group: 0, shiftSeconds: 3600 }]),
  );
  timed("one overloaded machine: what-if, another", () =>
    predictor.predict([{ group: 1, shiftSeconds: -1800 }]),
  );
  timed("one overloaded machine: advice", () => advise(overloaded, { zones }));
  const span = { from: origin + 40 * day, to: origin + 40 * day + 3600 };
  const spans = [span, ...spansBefore(span)];
  const series = 5000;
  const means = Float64Array.from({ length: series * spans.length }, () => 100 + 10 * (Math.random() - 0.5));
  timed("differences of 5,000 series", () =>
    compareSpan({ spans, values: means, isCount: new Uint8Array(series) }),
  );
}

function timed<T>(name: string, work: () => T): T {
  const begun = performance.now();
  const result = work();
  console.log(`${name.padEnd(40)}${(performance.now() - begun).toFixed(0).padStart(8)} ms`);
  return result;
}

/** On each machine a nightly herd, hourly jobs, and requests, which are most of the executions. */
function fleet(executions: number): Evidence {
  const start: number[] = [];
  const end: number[] = [];
  const group: number[] = [];
  const add = (of: number, at: number, seconds: number): void => {
    start.push(at);
    end.push(at + seconds * (0.9 + 0.2 * Math.random()));
    group.push(of);
  };
  const requests = executions / machines;
  for (let machine = 0; machine < machines; machine++) {
    for (let job = 0; job < jobs; job++) {
      const own = machine * (jobs + 1) + job;
      const nightly = job < jobs / 2;
      for (
        let at = origin + (nightly ? 3 * 3600 : job * 300);
        at < origin + days * day;
        at += nightly ? day : 3600
      )
        add(own, at, nightly ? 600 + job * 300 : 120);
    }
    for (let k = 0; k < requests; k++)
      add(machine * (jobs + 1) + jobs, origin + (k * days * day) / requests, 2);
  }
  const order = orderOf(Float64Array.from(start));
  const groups = machines * (jobs + 1);
  return {
    log: {
      start: pick(Float64Array.from(start), order, new Float64Array(order.length)),
      end: pick(Float64Array.from(end), order, new Float64Array(order.length)),
      group: pick(Int32Array.from(group), order, new Int32Array(order.length)),
      timed: new Uint8Array(order.length).fill(1),
    },
    groups: {
      process: Int32Array.from({ length: groups }, (_, one) => one),
      machine: Int32Array.from({ length: groups }, (_, one) => Math.floor(one / (jobs + 1))),
    },
    machines,
    sharedBy: null,
    demands: null,
    work: null,
    samples: zones.map(() => null),
  };
}

/** One machine on which some 77 runs of many processes are always under way, and ask for half as much again as there is. */
function crowd(executions: number): Evidence {
  const processes = 130;
  const random = seededRandom(1);
  const start = Float64Array.from({ length: executions }, () => origin + random() * days * day).sort();
  return {
    log: {
      start,
      end: start.map((at) => at + 200 * (0.5 + random())),
      group: Int32Array.from(start.keys(), (one) => one % processes),
      timed: new Uint8Array(executions).fill(1),
    },
    groups: {
      process: Int32Array.from({ length: processes }, (_, one) => one),
      machine: new Int32Array(processes),
    },
    machines: 1,
    sharedBy: null,
    demands: null,
    work: null,
    samples: [null],
  };
}

function crowdModel({ groups }: Evidence): PlanModel {
  const all = Int32Array.from(groups.process.keys());
  const place = {
    machine: 0,
    resource: "cpu" as const,
    groups: all,
    demand: new Float64Array(all.length).fill(0.02),
    error: new Float64Array(all.length).fill(0.002),
    needs: new Uint8Array(all.length).fill(1),
    meter: { usualRest: 0, queueScale: 1, scatter: 0 },
    seen: new Float64Array(all.length).fill(NaN),
    trust: 0,
  };
  const nothing = new Float64Array(all.length).fill(NaN);
  return {
    costs: Array.from(all, () => []),
    demand: {
      places: [place],
      sensitivities: Array.from(all, () => [
        { place: 0, value: 0.8, error: 0.1, z: 8, contended: 30, free: 0 },
      ]),
      usualWork: { cpu: nothing, io: nothing },
      costs: Array.from(all, (_, suspect) => ({
        victim: (suspect + 1) % all.length,
        suspect,
        seconds: 1000,
        place: 0,
        error: 100,
      })),
      witnesses: Array.from(all, () => null),
    },
  };
}

/** The first job of each machine's herd costs the two after it, and its requests. */
function costModel({ groups }: Evidence): PlanModel {
  const perSecond = { value: 0.4, low: 0.3, high: 0.5 };
  return {
    costs: Array.from(groups.process, (_, one) => {
      const job = one % (jobs + 1);
      return job === 1 || job === 2 || job === jobs ? [{ suspects: [one - job], perSecond }] : [];
    }),
  };
}

/** And all nightly jobs ask for 0.4 of their machine's CPU. */
function loadModel(evidence: Evidence): PlanModel {
  const places = zones.map((_, machine) => {
    const nightly = Array.from({ length: jobs / 2 }, (__, job) => machine * (jobs + 1) + job);
    return {
      machine,
      resource: "cpu" as const,
      groups: Int32Array.from(nightly),
      demand: new Float64Array(nightly.length).fill(0.4),
      error: new Float64Array(nightly.length).fill(0.04),
      needs: new Uint8Array(nightly.length).fill(1),
      meter: { usualRest: 0, queueScale: 1, scatter: 0 },
      seen: new Float64Array(nightly.length).fill(NaN),
      trust: 0,
    };
  });
  const nothing = new Float64Array(evidence.groups.process.length).fill(NaN);
  return {
    ...costModel(evidence),
    demand: {
      places,
      sensitivities: Array.from(evidence.groups.process, (one) => {
        const place = Math.floor(one / (jobs + 1));
        const sensitive = { place, value: 0.8, error: 0.1, z: 8, contended: 30, free: 0 };
        return one % (jobs + 1) < jobs / 2 ? [sensitive] : [];
      }),
      usualWork: { cpu: nothing, io: nothing },
      costs: [],
      witnesses: Array.from(evidence.groups.process, () => null),
    },
  };
}
