/** Runs the checker while this hub holds the watch: of several hubs on one store one does at a time. */
import { setTimeout as sleep } from "node:timers/promises";
import { sightMachine } from "@culprit/probes";
import type { MachineProbe, ProbeTrial } from "@culprit/protocol";
import type { FastifyBaseLogger } from "fastify";
import type { Channels } from "../../channel/channels.ts";
import type { Clock } from "../../clock.ts";
import { mayReachFrom } from "../../outbound.ts";
import type { HubSettings } from "../../settings.ts";
import type { Store } from "../../store/store.ts";
import { Turns } from "../../turns.ts";
import type { Fleet } from "../fleet.ts";
import { Checker } from "./checker.ts";
import type { Health } from "./health.ts";
import { defaultGateway, ownAddresses } from "./network.ts";
import { Peers } from "./peers.ts";
import { Targets, type Sight } from "./targets.ts";

type WatchParts = {
  settings: HubSettings;
  store: Store;
  clock: Clock;
  fleet: Fleet;
  channels: Channels;
  health: Health;
  log: FastifyBaseLogger;
};

/** A connection that broke took the lock with it: so long another hub may watch as well. */
const turnSeconds = 30;
const pongWithin = 1.2;

export class HealthWatch {
  readonly #parts: WatchParts;
  readonly #checker: Checker;
  readonly #targets: Targets;
  readonly #trials = new Turns({ atOnce: 4, mostWaiting: 20 });
  readonly #stopping = new AbortController();

  constructor(parts: WatchParts) {
    this.#parts = parts;
    const { store, clock, fleet, channels, health, log } = parts;
    const settings = parts.settings.health;
    const { internalTargets } = parts.settings.checks;
    const mayReach = mayReachFrom(internalTargets);
    const sightWith =
      (reach: typeof mayReach): Sight =>
      (address, probe) =>
        sightMachine(address, probe, {
          timeoutSeconds: settings.probeTimeoutSeconds,
          mayReach: reach,
          leave: "hub",
          signal: this.#stopping.signal,
        });
    const atOnce = settings.probesAtOnce;
    this.#targets = new Targets({ health, sight: sightWith(mayReach), mayReach, atOnce });
    this.#checker = new Checker({
      settings,
      contactSeconds: settings.contactSeconds ?? parts.settings.channelPingSeconds * pongWithin,
      store: store.health,
      severalHubs: store.engine === "postgres",
      clock,
      monotonic: () => performance.now() * 1000,
      fleet,
      channels,
      health,
      targets: this.#targets,
      peers: new Peers(channels, clock),
      // Nobody names the gateway: the system does.
      sight: sightWith(() => true),
      network: { own: ownAddresses, gateway: () => defaultGateway() },
      log,
    });
  }

  /** Half a minute of watching, if no other hub watches; else what that one decided is read. */
  async turn(): Promise<void> {
    const { lookSeconds } = this.#parts.settings.health;
    const until = performance.now() + turnSeconds * 1000;
    const held = await this.#parts.store.exclusively("health", async () => {
      if (!this.#checker.holds()) await this.#checker.begin();
      while (!this.#stopping.signal.aborted && performance.now() < until) {
        await this.#checker.turn();
        await sleep(lookSeconds * 1000, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
      if (this.#stopping.signal.aborted) await this.#checker.stop();
      else await this.#checker.written();
    });
    if (!held) await this.#parts.health.refresh();
    await this.#parts.health.flush();
  }

  /** Asks a machine now; also of a hub that does not hold the watch. Rejects with a problem of code overloaded. */
  try(machineId: number, probe: MachineProbe): Promise<ProbeTrial> {
    const { clock, fleet } = this.#parts;
    this.#targets.see(
      fleet.all().map((row) => row.machineId),
      ownAddresses(),
    );
    return this.#trials.run(() => this.#targets.try(machineId, probe, () => clock.now()));
  }

  /** Resolves when nothing is looked at any more; the turn under way ends by itself. */
  stop(): void {
    this.#stopping.abort();
  }
}
