/** The rooms of one hub, handed to every route. A route finds its noun's room here and nothing else. */
import type { FastifyBaseLogger } from "fastify";
import type { Clock } from "./clock.ts";
import type { HubSettings } from "./settings.ts";
import type { Store } from "./store/store.ts";

export type Hub = {
  settings: HubSettings;
  clock: Clock;
  store: Store;
  log: FastifyBaseLogger;
};

export type HubParts = { settings: HubSettings; clock: Clock; store: Store; log: FastifyBaseLogger };

export function assembleHub(parts: HubParts): Hub {
  return { ...parts };
}
