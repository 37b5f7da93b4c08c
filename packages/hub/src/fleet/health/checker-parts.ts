/** What the checker works with; tests give it machines that answer as they say. */
import type { Micros } from "@culprit/protocol";
import type { FastifyBaseLogger } from "fastify";
import type { Channels } from "../../channel/channels.ts";
import type { Clock } from "../../clock.ts";
import type { HubSettings } from "../../settings.ts";
import type { HealthStore } from "../../store/store.ts";
import type { Fleet } from "../fleet.ts";
import type { Health } from "./health.ts";
import type { Peers } from "./peers.ts";
import type { Sight, Targets } from "./targets.ts";

export type CheckerParts = {
  settings: HubSettings["health"];
  contactSeconds: number;
  store: HealthStore;
  /** Contacts of other hubs come by the store, later; channels may be open elsewhere. */
  severalHubs: boolean;
  clock: Clock;
  /** Microseconds of a clock that is never set. */
  monotonic: () => Micros;
  fleet: Pick<Fleet, "all" | "get" | "refresh">;
  channels: Pick<Channels, "connected" | "ping">;
  health: Health;
  targets: Targets;
  peers: Pick<Peers, "ask">;
  sight: Sight;
  network: { own: () => ReadonlySet<string>; gateway: () => Promise<string | null> };
  log: FastifyBaseLogger;
};
