/** How the hub's word on each machine changes, with the seconds since a time that the reader sets. */
import { list, machine, type HubClient, type Machine, type MachineState } from "@culprit/protocol";

export type Change = { state: MachineState; seconds: number };

export class States {
  readonly #client: HubClient;
  #begun = performance.now();
  #changes = new Map<string, Change[]>();
  #last = new Map<string, Machine>();

  constructor(client: HubClient) {
    this.#client = client;
  }

  /** From here on seconds are counted, and what each machine is counts as its first state. */
  restart(): void {
    this.#begun = performance.now();
    this.#changes = new Map([...this.#last].map(([name, { state }]) => [name, [{ state, seconds: 0 }]]));
  }

  get seconds(): number {
    return (performance.now() - this.#begun) / 1000;
  }

  async look(): Promise<void> {
    const { items } = await this.#client.get("/machines", list(machine));
    for (const one of items) {
      this.#last.set(one.name, one);
      const changes = this.#changes.get(one.name) ?? [];
      if (changes.at(-1)?.state !== one.state) changes.push({ state: one.state, seconds: this.seconds });
      this.#changes.set(one.name, changes);
    }
  }

  /** After the one that it was in at the start. */
  changesOf(name: string): Change[] {
    return (this.#changes.get(name) ?? []).slice(1);
  }

  stateOf(name: string): MachineState | undefined {
    return this.#last.get(name)?.state;
  }

  evidenceOf(name: string): string[] {
    return (this.#last.get(name)?.evidence ?? []).map(({ code }) => code);
  }
}
