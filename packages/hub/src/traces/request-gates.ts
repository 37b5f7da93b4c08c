/**
 * The limit of web requests for traces, per machine (protocol's WebGate decides). What was decided of a request is
 * remembered for a while: sent again, because the store was away or the answer was lost, it is decided the same.
 */
import { microsPerSecond, WebGate } from "@culprit/protocol";
import type { Entry } from "./execution-of-span.ts";
import type { Span } from "./span.ts";

const machinesKept = 500;
const decisionsKept = 20_000;

export class RequestGates {
  readonly #perSecond: number;
  readonly #gates = new Map<number, WebGate>();
  readonly #decided = new Map<string, number>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** For how many requests its record stands; 0: it is not recorded. Requests of a machine come in the order of their ends. */
  weigh(machineId: number, span: Span, { executionId, process, failed }: Entry): number {
    const key = `${machineId} ${executionId}`;
    const known = this.#decided.get(key);
    if (known !== undefined) return known;
    const weight = this.#gateOf(machineId).decide({
      name: { process, method: "", route: process },
      statusClass: "",
      failed,
      seconds: (span.endedAt - span.startedAt) / microsPerSecond,
      endedAt: span.endedAt,
    });
    dropOldest(this.#decided, decisionsKept);
    this.#decided.set(key, weight);
    return weight;
  }

  #gateOf(machineId: number): WebGate {
    const known = this.#gates.get(machineId);
    if (known) return known;
    dropOldest(this.#gates, machinesKept);
    const gate = new WebGate(this.#perSecond);
    this.#gates.set(machineId, gate);
    return gate;
  }
}

function dropOldest<K, V>(map: Map<K, V>, most: number): void {
  const [oldest] = map.keys();
  if (map.size >= most && oldest !== undefined) map.delete(oldest);
}
