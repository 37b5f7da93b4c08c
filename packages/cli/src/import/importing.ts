/**
 * One import from beginning to end: rows become executions, executions become lists, lists are sent while the next one is
 * made. Memory is bounded by two lists. What the hub has acknowledged is noted, so that an interrupted import goes on there.
 */
import type { HubClient } from "@culprit/protocol";
import type { Checkpoint, Progress } from "./checkpoint.ts";
import { convert, type Conversion } from "./convert.ts";
import { Identities } from "./identity.ts";
import type { Rejects } from "./rejects.ts";
import type { Fault, Source, SourceRow } from "./row.ts";
import { send, type Patience, type Prepared } from "./send.ts";
import { Tally } from "./tally.ts";

export type Target = {
  hub: HubClient;
  patience: Patience;
  rejects: Rejects;
  checkpoint: Checkpoint | null;
  /** Registers machines before their first rows are sent; absent: rows of machines that the hub has not are bad. */
  register?: (names: readonly string[]) => Promise<void>;
  /** Of the rows before these, what became of them is known. */
  progress: Progress;
};

export type ImportParts = {
  source: Source;
  how: Conversion;
  /** Names of the hub's machines in lower case; null if it was not asked. */
  machines: ReadonlySet<string> | null;
  /** Null: a dry run. */
  target: Target | null;
  /** Called often, with the rows read so far. */
  progressed: (rows: number) => void;
  /** True: stop after what is under way. */
  stopped: () => boolean;
};

export type Imported = {
  tally: Tally;
  accepted: number;
  duplicates: number;
  /** Rows that an earlier, interrupted import had done. */
  skipped: number;
  interrupted: boolean;
};

const itemsPerList = 5000;
/** A third of what a hub takes by default: names and attributes may grow in JSON. */
const charactersPerList = 2_500_000;

export async function importRows(parts: ImportParts): Promise<Imported> {
  const { source, how, target, machines } = parts;
  const tally = new Tally();
  const identities = new Identities();
  const delivery = target && new Delivery(target, tally);
  const skipped = target?.progress.rows ?? 0;
  let rows = 0;
  let interrupted = false;
  for await (const some of source.rows()) {
    for (const row of some) {
      rows++;
      const known = rows <= skipped;
      const made = "fault" in row ? row.fault : convertKnown(row.cells);
      if ("reason" in made) {
        tally.refuse(row.line, made);
        if (!known) target?.rejects.add(row.line, made, "fault" in row ? row.text : row.cells);
        continue;
      }
      const id = identities.of(made);
      tally.take(made);
      if (!known)
        delivery?.add({ line: row.line, json: JSON.stringify({ ...made.input, id }) }, made.input.machine);
      if (delivery?.full) await delivery.deliver(rows);
    }
    parts.progressed(rows);
    interrupted = parts.stopped();
    if (interrupted) break;
  }
  await delivery?.deliver(rows);
  await delivery?.finish();
  const { accepted = 0, duplicates = 0 } = delivery?.progress ?? {};
  return { tally, accepted, duplicates, skipped: Math.min(skipped, rows), interrupted };

  function convertKnown(cells: Extract<SourceRow, { cells: unknown }>["cells"]) {
    const made = convert(cells, how);
    if ("reason" in made || !machines) return made;
    const { machine } = made.input;
    if (machine === undefined || machines.has(machine.toLowerCase())) return made;
    return { reason: "unknown-machine", detail: machine } satisfies Fault;
  }
}

/** At most one list is under way while the next is made. */
class Delivery {
  progress: Progress;
  readonly #target: Target;
  readonly #tally: Tally;
  #waiting: Prepared[] = [];
  #characters = 0;
  /** Met and not yet registered, and all that were. */
  #newMachines: string[] = [];
  readonly #machines = new Set<string>();
  #underWay: Promise<void> = Promise.resolve();

  constructor(target: Target, tally: Tally) {
    this.#target = target;
    this.#tally = tally;
    this.progress = target.progress;
    for (const { line, detail } of this.progress.refused) this.#refused(line, detail);
  }

  add(item: Prepared, machine: string | undefined): void {
    if (machine !== undefined && !this.#machines.has(machine)) {
      this.#machines.add(machine);
      this.#newMachines.push(machine);
    }
    this.#waiting.push(item);
    this.#characters += item.json.length;
  }

  get full(): boolean {
    return this.#waiting.length >= itemsPerList || this.#characters >= charactersPerList;
  }

  /** `rows`: how many of the source are behind us when this list is stored. Rejects with what the last list failed with. */
  async deliver(rows: number): Promise<void> {
    await this.#underWay;
    await this.#target.register?.(this.#newMachines.splice(0));
    const items = this.#waiting;
    this.#waiting = [];
    this.#characters = 0;
    this.#underWay = this.#send(items, rows);
    // The failure is met by the next `deliver` or `finish`.
    this.#underWay.catch(() => {});
  }

  finish(): Promise<void> {
    return this.#underWay;
  }

  async #send(items: readonly Prepared[], rows: number): Promise<void> {
    const { hub, patience, rejects, checkpoint } = this.#target;
    const { accepted, duplicates, refused } = await send(hub, items, patience);
    for (const { item, detail } of refused) {
      this.#refused(item.line, detail);
      rejects.add(item.line, { reason: "refused", detail }, item.json);
    }
    rejects.flush();
    this.progress = {
      rows: Math.max(rows, this.progress.rows),
      accepted: this.progress.accepted + accepted,
      duplicates: this.progress.duplicates + duplicates,
      refused: [
        ...this.progress.refused,
        ...refused.map(({ item, detail }) => ({ line: item.line, detail: detail.slice(0, 200) })),
      ].slice(0, 1000),
    };
    checkpoint?.write(this.progress);
  }

  #refused(line: number, detail: string): void {
    this.#tally.refuse(line, { reason: "refused", detail });
    this.#tally.good--;
  }
}
