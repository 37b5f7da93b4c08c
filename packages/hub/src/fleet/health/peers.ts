/** Asks other machines whether they see one that is not heard. Each looks only where its own file lets it. */
import { microsPerSecond, ProblemError, sighting, type MachineProbe, type Micros } from "@culprit/protocol";
import type { Channels } from "../../channel/channels.ts";
import type { Clock } from "../../clock.ts";

export type Peer = { machineId: number; name: string };
export type PeerSightings = { see: string[]; seeNothing: string[] };

const wanted = 2;
/** Some may not look. */
const askedAtOnce = 6;
const refusalHolds = 3600 * microsPerSecond;
const refusalsKept = 20_000;
const slackSeconds = 1;

export class Peers {
  readonly #channels: Pick<Channels, "request">;
  readonly #clock: Clock;
  readonly #random: () => number;
  /** Until when there is no use in asking, by peer and address. */
  readonly #refusals = new Map<string, Micros>();

  constructor(channels: Pick<Channels, "request">, clock: Clock, random: () => number = Math.random) {
    this.#channels = channels;
    this.#clock = clock;
    this.#random = random;
  }

  /** Names of two at most that could look, by what they saw. Never rejects. */
  async ask(
    peers: readonly Peer[],
    address: string,
    probe: MachineProbe,
    timeoutSeconds: number,
  ): Promise<PeerSightings> {
    const now = this.#clock.now();
    const able = peers.filter(
      ({ machineId }) => !((this.#refusals.get(`${machineId} ${address}`) ?? 0) > now),
    );
    const found: PeerSightings = { see: [], seeNothing: [] };
    await Promise.all(
      this.#someOf(able).map(async (peer) => {
        const answered = await this.#look(peer, address, probe, timeoutSeconds);
        if (answered === null || found.see.length + found.seeNothing.length >= wanted) return;
        (answered ? found.see : found.seeNothing).push(peer.name);
      }),
    );
    return found;
  }

  async #look({ machineId }: Peer, address: string, probe: MachineProbe, timeoutSeconds: number) {
    try {
      const answer = await this.#channels.request(
        machineId,
        "probe",
        { address, probe, timeoutSeconds },
        { timeoutSeconds: timeoutSeconds + slackSeconds, by: "health" },
      );
      return sighting.safeParse(answer).data?.answered ?? null;
    } catch (error) {
      const code = error instanceof ProblemError ? error.problem.code : "";
      if (code === "not-allowed-there" || code === "machine-refused")
        this.#remember(`${machineId} ${address}`);
      return null;
    }
  }

  #remember(key: string): void {
    if (this.#refusals.size >= refusalsKept) this.#refusals.clear();
    this.#refusals.set(key, this.#clock.now() + refusalHolds);
  }

  #someOf(peers: readonly Peer[]): Peer[] {
    const left = [...peers];
    const some: Peer[] = [];
    while (some.length < askedAtOnce && left.length > 0)
      some.push(...left.splice(Math.floor(this.#random() * left.length), 1));
    return some;
  }
}
