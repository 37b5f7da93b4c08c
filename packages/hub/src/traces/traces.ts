/** Spans of OpenTelemetry become executions and their steps, each once, on the machine that sent them. */
import { withWeight, type ExecutionInput } from "@culprit/protocol";
import type { Clock } from "../clock.ts";
import type { Counters } from "../counters.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { DirectIntake } from "../ingest/direct.ts";
import { publicId } from "../public-ids.ts";
import { entryOf, isEntry, stepOf, type TraceSettings } from "./execution-of-span.ts";
import { OpenTraces, usualLimits } from "./open-traces.ts";
import { RequestGates } from "./request-gates.ts";
import { count, type ReadSpans, type Span } from "./span.ts";

type TracesParts = {
  settings: TraceSettings;
  /** Of one machine; past it all slow and failed ones are recorded, and a sample of the rest. */
  requestsPerSecond: number;
  clock: Clock;
  fleet: Fleet;
  direct: DirectIntake;
  counters: Counters;
};

export type TracesTaken = { refused: number; message: string };

export class Traces {
  readonly #parts: TracesParts;
  readonly #open: OpenTraces;
  readonly #gates: RequestGates;

  constructor(parts: TracesParts) {
    this.#parts = parts;
    const { stepsPerExecution } = parts.settings;
    this.#gates = new RequestGates(parts.requestsPerSecond);
    this.#open = new OpenTraces(parts.clock, { ...usualLimits, stepsPerExecution });
  }

  /**
   * `senderId`: the machine whose token it is; null for a person, whose spans name a machine as `host.name`. Resolves
   * after COMMIT; if it rejects nothing was taken, and the same spans may be sent again.
   */
  async record({ spans, refused }: ReadSpans, senderId: number | null): Promise<TracesTaken> {
    const { counters, direct } = this.#parts;
    const executions: ExecutionInput[] = [];
    const settles: (() => void)[] = [];
    let leftOut = 0;
    let withoutExecution = 0;
    let sampledAway = 0;
    for (const [machineId, own] of this.#byMachine(spans, senderId, refused)) {
      const joined = this.#executionsOf(machineId, own);
      executions.push(...joined.executions);
      settles.push(joined.settle);
      leftOut += joined.leftOut;
      withoutExecution += joined.withoutExecution;
      sampledAway += joined.sampledAway;
    }
    const { faults } = await direct.recordValid(
      executions.map((value) => ({ value })),
      senderId,
    );
    for (const settle of settles) settle();
    const reasons = new Map<number, string>();
    for (const { index, path, detail } of faults)
      if (!reasons.has(index)) reasons.set(index, `${path}: ${detail}`);
    for (const reason of reasons.values()) count(refused, reason);
    const all = [...refused.values()].reduce((sum, each) => sum + each, 0);
    const recorded = executions.length - reasons.size;
    counters.add("culprit_trace_spans_total", 'result="recorded"', recorded);
    counters.add("culprit_trace_spans_total", 'result="refused"', all);
    counters.add("culprit_trace_spans_total", 'result="over-step-limit"', leftOut);
    counters.add("culprit_trace_spans_total", 'result="sampled-away"', sampledAway);
    counters.add("culprit_trace_spans_total", 'result="without-execution"', withoutExecution);
    return { refused: all, message: messageOf(refused) };
  }

  #byMachine(spans: readonly Span[], senderId: number | null, refused: Map<string, number>) {
    const byMachine = new Map<number, Span[]>();
    for (const span of spans) {
      const machineId = senderId ?? this.#machineNamed(span.resource.get("host.name"));
      if (machineId === null) {
        count(refused, "its resource attribute host.name names no machine of this hub");
        continue;
      }
      const own = byMachine.get(machineId);
      if (own) own.push(span);
      else byMachine.set(machineId, [span]);
    }
    return byMachine;
  }

  #machineNamed(name: unknown): number | null {
    return typeof name === "string" ? (this.#parts.fleet.find(name)?.machineId ?? null) : null;
  }

  #executionsOf(machineId: number, spans: readonly Span[]) {
    const { settings } = this.#parts;
    const machine = publicId("m", machineId);
    const entries = spans
      .filter((span) => isEntry(span, settings))
      .toSorted((a, b) => a.endedAt - b.endedAt)
      .map((span) => {
        const { entry, input } = entryOf(span);
        const weight = input.kind === "web" ? this.#gates.weigh(machineId, span, entry) : 1;
        return { span, entry, input: withWeight(input, weight), recorded: weight > 0 };
      });
    const recorded = entries.filter((one) => one.recorded);
    const others = spans.filter((span) => !isEntry(span, settings));
    const { steps, leftOut, withoutExecution, settle } = this.#open.join(machineId, entries, others);
    const executions: ExecutionInput[] = [
      ...recorded.map(({ input }) => withLeftOut(input, leftOut.get(input.id!))),
      ...steps.map(({ span, entry }) => stepOf(span, entry)),
    ];
    return {
      executions: executions.map((execution) => ({ ...execution, machine })),
      leftOut: [...leftOut.values()].reduce((sum, each) => sum + each, 0),
      withoutExecution,
      sampledAway: entries.length - recorded.length,
      settle,
    };
  }
}

/** Said where someone looks for the missing ones. */
function withLeftOut(input: ExecutionInput, steps: number | undefined): ExecutionInput {
  return steps === undefined
    ? input
    : { ...input, attributes: { ...input.attributes, "steps.left_out": steps } };
}

const reasonsTold = 5;

function messageOf(refused: ReadonlyMap<string, number>): string {
  const told = [...refused].slice(0, reasonsTold).map(([reason, spans]) => `${reason} (${spans})`);
  const more = refused.size > reasonsTold ? [`${refused.size - reasonsTold} more reasons`] : [];
  return [...told, ...more].join("; ");
}
