/** Tells agents what their machines are to check: at each new connection, and when the list has changed. */
import { createHash } from "node:crypto";
import type { AssignedCheck } from "@culprit/protocol";
import type { FastifyBaseLogger } from "fastify";
import type { Channels } from "../channel/channels.ts";
import { publicId } from "../public-ids.ts";
import type { CheckRow } from "../store/store.ts";
import type { Checks } from "./checks.ts";

const answerSeconds = 15;

export class Assignments {
  readonly #checks: Checks;
  readonly #channels: Pick<Channels, "connected" | "request">;
  readonly #log: FastifyBaseLogger;
  /** Digest of what each connected agent was told. */
  readonly #told = new Map<number, string>();
  readonly #telling = new Set<number>();

  constructor(checks: Checks, channels: Pick<Channels, "connected" | "request">, log: FastifyBaseLogger) {
    this.#checks = checks;
    this.#channels = channels;
    this.#log = log;
  }

  /** A new connection: its agent may have an older list, or none. */
  greeted(machineId: number): void {
    this.#told.delete(machineId);
    void this.#tell(machineId);
  }

  /** Those that are connected here and do not know their list as it is. */
  async tellAll(machineIds: Iterable<number>): Promise<void> {
    await Promise.all([...machineIds].map((machineId) => this.#tell(machineId)));
  }

  async #tell(machineId: number): Promise<void> {
    if (this.#telling.has(machineId) || !this.#channels.connected(machineId)) return;
    const checks = this.#checks
      .of(machineId)
      .filter(({ running }) => running)
      .map(assigned);
    const digest = createHash("sha256").update(JSON.stringify(checks)).digest("base64");
    if (this.#told.get(machineId) === digest) return;
    this.#telling.add(machineId);
    try {
      await this.#channels.request(machineId, "checks", { checks }, { timeoutSeconds: answerSeconds });
      this.#told.set(machineId, digest);
    } catch (error) {
      // Said again a few seconds later, or when it connects.
      this.#log.debug({ err: error, machineId }, "a machine was not told its checks");
    } finally {
      this.#telling.delete(machineId);
    }
  }
}

function assigned({
  checkId,
  name,
  target,
  intervalSeconds,
  timeoutSeconds,
  retries,
}: CheckRow): AssignedCheck {
  return { id: publicId("c", checkId), name, target, intervalSeconds, timeoutSeconds, retries };
}
