/**
 * Watches the machines: looks for each that is missed, decides its state, notes the changes. One hub of those that share a
 * store does it at a time. A look at one machine never waits for one at another.
 */
import { microsPerSecond } from "@culprit/protocol";
import type { HealthRow, MachineRow } from "../../store/store.ts";
import { believeState } from "./believe-state.ts";
import type { CheckerParts } from "./checker-parts.ts";
import { judge, type Signs } from "./judge.ts";
import type { PeerSightings } from "./peers.ts";
import type { Limits } from "./rhythm.ts";
import { SelfWatch } from "./self-watch.ts";
import { WatchedMachines, type Watched } from "./watched.ts";
import { storeLag, Witnesses } from "./witnesses.ts";

const nobodyLooked: PeerSightings = { see: [], seeNothing: [] };
/** While this hub is cut off, some machines are probed to learn when it is over. */
const lookedForWhileCutOff = 5;
const learntPerTurn = 20;
const lateLooksEvery = 10;

export class Checker {
  readonly #parts: CheckerParts;
  readonly #self: SelfWatch;
  readonly #witnesses: Witnesses;
  readonly #watched = new WatchedMachines();
  /** In their order; one machine may change twice before they are written. */
  readonly #changes: HealthRow[] = [];
  readonly #looks = new Set<Promise<void>>();
  #learning = 0;
  #writing: Promise<void> | null = null;

  constructor(parts: CheckerParts) {
    this.#parts = parts;
    this.#self = new SelfWatch(parts);
    this.#witnesses = new Witnesses(parts);
  }

  /** Takes the watch over: what was believed is in the store. */
  async begin(): Promise<void> {
    const { store, health } = this.#parts;
    await this.#self.begin();
    await health.refresh();
    const states = new Map((await store.current()).map((row) => [row.machineId, row]));
    for (const machineId of new Set([...states.keys(), ...this.#watched.ids()])) {
      const watched = this.#watched.of(machineId);
      watched.belief = { believed: states.get(machineId) ?? null, doubt: null };
      watched.missedSince = null;
      watched.looks = 0;
    }
  }

  /** Whether this hub has held the watch until just now. */
  holds(): boolean {
    const at = this.#self.lastTurnAt;
    return at !== null && this.#parts.monotonic() - at < 5 * microsPerSecond;
  }

  /** One turn of the loop, each `lookSeconds`. Starts the looks that are due, and waits for none. */
  async turn(): Promise<void> {
    const { fleet, targets, network, severalHubs } = this.#parts;
    if (await this.#self.turn()) this.#watched.forgetDoubts();
    const rows = fleet.all();
    targets.see(
      rows.map(({ machineId }) => machineId),
      network.own(),
    );
    this.#watched.keepOnly(new Set(rows.map(({ machineId }) => machineId)));
    if (
      severalHubs &&
      rows.some((row) => this.#heardOf(row) === "missed" && this.#watched.of(row.machineId).looks < 2)
    )
      await fleet.refresh();
    this.#witnesses.see(rows.filter((row) => this.#isHeardRemotely(row)).map(({ machineId }) => machineId));
    await this.#endCutOff(rows);
    let lookedFor = 0;
    for (const { machineId } of rows) {
      const row = fleet.get(machineId);
      if (!row) continue;
      const due = this.#consider(row);
      if (!due || (this.#self.cutOff && lookedFor >= lookedForWhileCutOff)) continue;
      lookedFor++;
      this.#start(row);
    }
    if (!this.#self.cutOff) this.#witnesses.learnGateway();
    this.#tell();
  }

  /** Resolves when no look is under way and what was found is stored. */
  async settled(): Promise<void> {
    while (this.#looks.size > 0) await Promise.all(this.#looks);
    await this.written();
    this.#tell();
    await this.written();
  }

  /** Resolves when what was told is stored, for another hub that takes the watch over. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async stop(): Promise<void> {
    await this.settled();
    await this.#self.end();
  }

  /** Decides what contacts alone show; answers whether the machine has to be looked for now. */
  #consider(row: MachineRow): boolean {
    const { clock, channels, targets, settings, monotonic } = this.#parts;
    const now = clock.now();
    const watched = this.#watched.of(row.machineId);
    watched.rhythm.note(row, channels.connected(row.machineId), now);
    const heard = this.#heardOf(row);
    if (row.paused || heard === "lately") {
      watched.missedSince = null;
      watched.looks = 0;
      targets.heard(row.machineId);
      this.#decide(row, { heard, probe: { result: "nothing-to-probe", reason: "cannot-ask" } });
      if (heard === "lately") this.#learn(row.machineId);
      return false;
    }
    if (heard === "waiting") return false;
    watched.missedSince ??= now;
    const { belief, looking, lookedAt } = watched;
    const state = belief.believed?.state;
    const isKnown = watched.looks > 1 && belief.doubt === null && state !== "online" && state !== "paused";
    const every = isKnown
      ? state === "late"
        ? Math.min(lateLooksEvery, settings.lookAgainSeconds)
        : settings.lookAgainSeconds
      : settings.lookSeconds;
    return !looking && monotonic() - lookedAt >= every * microsPerSecond * 0.9;
  }

  #start(row: MachineRow): void {
    const watched = this.#watched.of(row.machineId);
    watched.looking = true;
    const look = this.#look(row, watched)
      .catch((error: unknown) => this.#parts.log.error({ err: error, machine: row.name }, "a look failed"))
      .finally(() => {
        watched.looking = false;
        watched.lookedAt = this.#parts.monotonic();
        this.#looks.delete(look);
      });
    this.#looks.add(look);
  }

  async #look(row: MachineRow, watched: Watched): Promise<void> {
    const { channels, clock, fleet, targets, severalHubs } = this.#parts;
    const { machineId } = row;
    channels.ping(machineId);
    const others = this.#witnesses.others(machineId);
    const pinged = this.#witnesses.ping(others);
    const [probe, peers, gatewayAnswers] = await Promise.all([
      targets.ask(machineId, () => clock.now()),
      // One that is only heard late has been heard when the second look comes.
      watched.looks === 0 ? nobodyLooked : this.#askPeers(machineId),
      others.length === 0 ? this.#witnesses.askGateway() : null,
    ]);
    if (severalHubs) await fleet.refresh();
    const now = fleet.get(machineId);
    if (!now) return;
    watched.looks++;
    if (probe.result === "answers") {
      watched.lastAnswerAt = clock.now();
      if (this.#self.cutOff) await this.#self.endCutOff();
    }
    const heard = this.#heardOf(now);
    if (heard !== "missed" || now.paused || this.#self.cutOff) return;
    const missedSince = watched.missedSince ?? clock.now();
    const witness = this.#witnesses.of(others, missedSince, gatewayAnswers);
    if (this.#decide(now, { heard, probe, peers, witness }) === "cut-off" && watched.looks > 1)
      await this.#suspectCutOff(machineId, pinged);
  }

  #decide(
    row: MachineRow,
    {
      heard,
      probe,
      peers = nobodyLooked,
      witness = { by: "alone" },
    }: Pick<Signs, "heard" | "probe"> & Partial<Signs>,
  ): "decided" | "waiting" | "cut-off" {
    const now = this.#parts.clock.now();
    const watched = this.#watched.of(row.machineId);
    const { listeningSince } = this.#self;
    const judgement = judge({
      paused: row.paused,
      heard,
      lastContactAt: row.lastContactAt,
      samplesLag: watched.rhythm.samplesLag(row, listeningSince, now, this.#limits()),
      newestSampleAt: row.lastSampleAt,
      probe,
      peers,
      witness,
    });
    if ("undecided" in judgement) return judgement.undecided;
    const lastSignAt = Math.min(
      now,
      Math.max(row.lastContactAt ?? row.enrolledAt, watched.lastAnswerAt, Math.min(listeningSince, now)),
    );
    const before = watched.belief.believed;
    watched.belief = believeState(watched.belief, judgement, { now, lastSignAt });
    const { believed } = watched.belief;
    if (believed && believed.state !== before?.state)
      this.#changes.push({ machineId: row.machineId, ...believed });
    return "decided";
  }

  #isHeardRemotely({ machineId, paused, lastContactAt }: MachineRow): boolean {
    if (paused || lastContactAt === null || !this.#parts.targets.isRemote(machineId)) return false;
    const { belief, looks } = this.#watched.of(machineId);
    const state = belief.believed?.state;
    return state === "online" || (state === "late" && looks === 0);
  }

  /** None of the others is heard either: this hub may be cut off. */
  async #suspectCutOff(machineId: number, askedOthers: boolean): Promise<void> {
    if (this.#self.cutOff) return;
    const { clock, fleet } = this.#parts;
    const heardUntil = [...this.#witnesses.others(machineId), machineId].reduce(
      (newest, other) => Math.max(newest, fleet.get(other)?.lastContactAt ?? -Infinity),
      -Infinity,
    );
    // Others without a channel can't be asked: they are heard when they next upload.
    if (!askedOthers && clock.now() - heardUntil < this.#limits().contact) return;
    if (heardUntil === -Infinity) return;
    await this.#self.beginCutOff(heardUntil);
    this.#watched.forgetDoubts();
  }

  async #endCutOff(rows: readonly MachineRow[]): Promise<void> {
    const { cutOff } = this.#self;
    if (!cutOff) return;
    const { targets } = this.#parts;
    const heard = ({ machineId, lastContactAt }: MachineRow) =>
      (lastContactAt ?? -Infinity) > cutOff.noticedAt && targets.isRemote(machineId);
    if (!rows.some(heard)) return;
    await this.#self.endCutOff();
    this.#watched.forgetDoubts();
  }

  async #askPeers(machineId: number): Promise<PeerSightings> {
    const { channels, fleet, peers, settings, health, targets } = this.#parts;
    const { address, probe } = health.watchOf(machineId);
    const target = targets.of(machineId);
    if (address === null || ("result" in target && target.reason !== "not-allowed")) return nobodyLooked;
    const able = this.#witnesses
      .others(machineId)
      .filter((other) => channels.connected(other))
      .map((other) => ({ machineId: other, name: fleet.get(other)!.name }));
    return peers.ask(able, address, probe ?? { kind: "ping" }, settings.probeTimeoutSeconds);
  }

  #learn(machineId: number): void {
    const { clock, targets, log } = this.#parts;
    if (this.#learning >= learntPerTurn || !targets.isDue(machineId, clock.now())) return;
    this.#learning++;
    targets
      .learn(machineId, () => clock.now())
      .catch((error: unknown) => log.error({ err: error }, "what a machine answers was not learnt"))
      .finally(() => this.#learning--);
  }

  #heardOf(row: MachineRow): Signs["heard"] {
    const { rhythm } = this.#watched.of(row.machineId);
    return rhythm.heard(row, this.#self.listeningSince, this.#parts.clock.now(), this.#limits());
  }

  #limits(): Limits {
    const { contactSeconds, settings, severalHubs } = this.#parts;
    return {
      contact: contactSeconds * microsPerSecond + (severalHubs ? storeLag : 0),
      samples: settings.samplesSeconds * microsPerSecond,
      hasChannels: !severalHubs,
    };
  }

  /** The store may be slow when thousands come at once: that keeps nobody from watching. */
  #tell(): void {
    const { health, log } = this.#parts;
    health.told(this.#watched.beliefs(), this.#self.cutOff?.beganAt ?? null);
    this.#writing ??= this.#write()
      .catch((error: unknown) => log.error({ err: error }, "what was found of machines was not stored"))
      .finally(() => (this.#writing = null));
  }

  /** What the store refuses is written the next time. */
  async #write(): Promise<void> {
    await this.#parts.health.flush();
    const rows = [...this.#changes];
    if (rows.length === 0) return;
    await this.#parts.store.change(rows);
    this.#changes.splice(0, rows.length);
  }
}
