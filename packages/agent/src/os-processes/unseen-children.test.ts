/** A small kernel of its own: what processes used, and to whom the time of those that ended comes. */
import { fc } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { WrittenProc } from "../testing/written-proc.ts";
import { OsProcessReport } from "./report.ts";
import { OsProcessTable } from "./os-process-table.ts";
import { ShortLived } from "./short-lived.ts";

type Running = { parent: number; ticks: number; waited: number; zombie: boolean; adopts: boolean };

class Kernel {
  readonly proc = new WrittenProc();
  /** All that was ever used, also by those that are gone. */
  used = 0;
  readonly #running = new Map<number, Running>();
  readonly #changed = new Set<number>();
  #shown = new Set<number>();
  #pids = 1;

  constructor() {
    this.fork(0, true);
    this.show();
  }

  get living(): number[] {
    return [...this.#running].filter(([, { zombie }]) => !zombie).map(([pid]) => pid);
  }

  fork(parent: number, adopts = false): number {
    const pid = this.#pids++;
    this.#running.set(pid, { parent, ticks: 0, waited: 0, zombie: false, adopts });
    this.#changed.add(pid);
    return pid;
  }

  use(pid: number, ticks: number): void {
    this.used += ticks;
    this.#change(pid, { ticks: this.#running.get(pid)!.ticks + ticks });
  }

  parentOf(pid: number): number {
    return this.#running.get(pid)!.parent;
  }

  /** All but init. Its children go to the nearest ancestor that adopts, which waits at once for those that are over. */
  end(pid: number, isWaitedFor: boolean): void {
    if (pid <= 1) return;
    const parent = this.parentOf(pid);
    let adopter = parent;
    while (!this.#running.get(adopter)!.adopts) adopter = this.#running.get(adopter)!.parent;
    this.#change(pid, { zombie: true });
    for (const [child, { parent: of, zombie }] of this.#running) {
      if (of !== pid) continue;
      this.#change(child, { parent: adopter });
      if (zombie) this.#wait(child);
    }
    if (isWaitedFor || this.#running.get(parent)!.adopts) this.#wait(pid);
  }

  #wait(pid: number): void {
    const { parent, ticks, waited } = this.#running.get(pid)!;
    this.#running.delete(pid);
    this.#change(parent, { waited: this.#running.get(parent)!.waited + ticks + waited });
  }

  #change(pid: number, change: Partial<Running>): void {
    this.#running.set(pid, { ...this.#running.get(pid)!, ...change });
    this.#changed.add(pid);
  }

  /** Only what a look is to see: a file takes longer than all the rest. */
  show(): void {
    for (const pid of this.#shown) if (!this.#running.has(pid)) this.proc.end(pid);
    for (const pid of this.#changed) {
      const running = this.#running.get(pid);
      if (!running) continue;
      const { parent, ticks: cpuTicks, waited: waitedTicks, zombie } = running;
      const state = zombie ? "Z" : "S";
      this.proc.put(pid, { parent, state, cpuTicks, waitedTicks, startTicks: 100_000, io: "none" });
    }
    this.#changed.clear();
    this.#shown = new Set(this.#running.keys());
  }
}

/** All CPU time that rows and series told so far, in ticks, by looks a second apart. */
class Looks {
  readonly #table: OsProcessTable;
  readonly #report: OsProcessReport;
  readonly #shortLived: ShortLived;
  #seconds = 0;
  told = 0;

  constructor({ roots }: WrittenProc) {
    this.#table = new OsProcessTable(roots);
    const settings = { busyCpuSeconds: 0.05, busyIoBytes: 1000 };
    this.#report = new OsProcessReport({ table: this.#table, settings, memoryBytes: 1e9 });
    this.#shortLived = new ShortLived(this.#table, { read: () => ({ records: [], skipped: 0 }) });
    const moment = this.#look();
    this.#shortLived.start(moment);
  }

  look(kind: "all" | "busy"): void {
    const moment = this.#look();
    this.#shortLived.note();
    this.#tell(this.#report.rows(kind, moment).cpuSeconds);
    if (kind === "busy") return;
    const series = this.#shortLived
      .readings(moment)
      .filter(({ metric }) => metric === "culprit.os_process.short_lived.cpu.time");
    this.#tell(series.map(({ value }) => value));
  }

  close(): void {
    this.#table.close();
  }

  #look() {
    const monotonicSeconds = ++this.#seconds;
    const moment = { at: (1_000_001_000 + monotonicSeconds) * 1_000_000, monotonicSeconds };
    this.#table.look(moment);
    return moment;
  }

  #tell(seconds: readonly number[]): void {
    for (const each of seconds) this.told += Math.round(each * 100);
  }
}

const of = fc.nat(9);
const ticks = fc.nat(40);
const step = fc.oneof(
  fc.record({ do: fc.constant("fork" as const), of, adopts: fc.boolean() }),
  fc.record({ do: fc.constant("use" as const), of, ticks }),
  fc.record({ do: fc.constant("end" as const), of, isWaitedFor: fc.boolean(), withParent: fc.boolean() }),
  fc.record({ do: fc.constant("start and end" as const), of, ticks }),
);
const betweenLooks = fc.record({
  steps: fc.array(step, { minLength: 5, maxLength: 20 }),
  kind: fc.constantFrom("all", "busy"),
});

type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

function take(kernel: Kernel, one: Step): void {
  const { living } = kernel;
  // The newest, so that trees are deep.
  const pid = living.at(-1 - (one.of % living.length))!;
  if (one.do === "fork") kernel.fork(pid, one.adopts);
  else if (one.do === "use") kernel.use(pid, one.ticks);
  else if (one.do === "end") {
    const parent = kernel.parentOf(pid);
    kernel.end(pid, one.isWaitedFor);
    if (one.withParent) kernel.end(parent, one.isWaitedFor);
  } else {
    const child = kernel.fork(pid);
    kernel.use(child, one.ticks);
    kernel.end(child, true);
  }
}

test("of any tree of processes, whoever ends when and waits for whom, all CPU time is told, and none twice", () => {
  fc.assert(
    fc.property(fc.array(betweenLooks, { minLength: 2, maxLength: 5 }), (rounds) => {
      const kernel = new Kernel();
      const looks = new Looks(kernel.proc);
      try {
        for (const { steps, kind } of rounds) {
          for (const one of steps) take(kernel, one);
          kernel.show();
          looks.look(kind);
          expect(looks.told).toBeLessThanOrEqual(kernel.used);
        }
        for (const pid of kernel.living) kernel.end(pid, true);
        kernel.show();
        looks.look("all");
        expect(looks.told).toBe(kernel.used);
      } finally {
        looks.close();
        kernel.proc.remove();
      }
    }),
    { numRuns: 20, seed: 12 },
  );
});
