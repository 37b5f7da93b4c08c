import type { IntakeStore } from "../store/store.ts";

type Mark = { stream: string; sequence: number };
type Waiting = { machineId: number; resolve: (marks: Mark[]) => void; reject: (error: unknown) => void };

/** The high-water marks for answers: one look-up serves all that ask while the one before is under way. */
export class Marks {
  readonly #store: Pick<IntakeStore, "marksOf">;
  #waiting: Waiting[] = [];
  #running = false;

  constructor(store: Pick<IntakeStore, "marksOf">) {
    this.#store = store;
  }

  of(machineId: number): Promise<Mark[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ machineId, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      await this.#answer(group);
    }
    this.#running = false;
  }

  async #answer(group: readonly Waiting[]): Promise<void> {
    const marks = new Map<number, Mark[]>(group.map(({ machineId }) => [machineId, []]));
    try {
      for (const { machineId, stream, sequence } of await this.#store.marksOf([...marks.keys()]))
        marks.get(machineId)?.push({ stream, sequence });
      for (const { machineId, resolve } of group) resolve(marks.get(machineId) ?? []);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}
