/** What the hub counts about itself, in Prometheus' text form. */
import { monitorEventLoopDelay } from "node:perf_hooks";

const described = {
  culprit_intake_batches_total: "Batches of agents, by what became of them",
  culprit_intake_rows_total: "Rows stored, by the part of a batch they came in",
  culprit_intake_dead_letters_total: "Rows set aside because they were not valid",
  culprit_executions_posted_total: "Executions sent by HTTP, by what became of them",
  culprit_trace_spans_total: "Spans of OpenTelemetry, by what became of them",
  culprit_checkins_total: "Check-ins of clients of other monitors, by vendor and by what became of them",
  culprit_store_commits_total: "Group commits, by result",
  culprit_store_commit_seconds_total: "Time spent in group commits",
  culprit_attribution_fits_total: "Fits of who makes others slow, by result",
  culprit_attribution_fit_seconds_total: "Time spent in them",
  culprit_retention_rows_total: "Rows removed by age, by kind",
} as const;

export type CounterName = keyof typeof described;

export class Counters {
  readonly #values = new Map<CounterName, Map<string, number>>();
  readonly #loopDelay = monitorEventLoopDelay({ resolution: 20 });

  constructor() {
    this.#loopDelay.enable();
  }

  /** `labels` as they stand in the text: `result="stored"`; of a closed set, never from outside. */
  add(name: CounterName, labels: string, by = 1): void {
    const values = this.#values.get(name) ?? new Map<string, number>();
    values.set(labels, (values.get(labels) ?? 0) + by);
    this.#values.set(name, values);
  }

  text(gauges: Record<string, number>): string {
    const lines: string[] = [];
    for (const [name, help] of Object.entries(described)) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
      for (const [labels, value] of this.#values.get(name as CounterName) ?? [])
        lines.push(`${name}${labels && `{${labels}}`} ${value}`);
    }
    for (const [name, value] of Object.entries({ ...this.#process(), ...gauges }))
      lines.push(`# TYPE ${name} ${name.endsWith("_total") ? "counter" : "gauge"}`, `${name} ${value}`);
    return `${lines.join("\n")}\n`;
  }

  stop(): void {
    this.#loopDelay.disable();
  }

  #process(): Record<string, number> {
    const memory = process.memoryUsage();
    const cpu = process.cpuUsage();
    const lag = this.#loopDelay.percentile(99) / 1e9;
    this.#loopDelay.reset();
    return {
      culprit_event_loop_lag_p99_seconds: lag,
      process_resident_memory_bytes: memory.rss,
      nodejs_heap_used_bytes: memory.heapUsed,
      process_cpu_seconds_total: (cpu.user + cpu.system) / 1e6,
    };
  }
}
