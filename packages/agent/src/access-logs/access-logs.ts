/** Follows all access logs in turn. */
import { setImmediate } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import type { AccessLogSettings } from "../settings.ts";
import { SpoolFullError } from "../spool/lane.ts";
import type { Spool } from "../spool/spool.ts";
import type { WebRequests } from "../web-requests/web-requests.ts";
import { LogFollower } from "./log-follower.ts";

export type AccessLogsOptions = {
  logs: readonly AccessLogSettings[];
  webRequests: WebRequests;
  spool: Spool;
  clock: Clock;
  log: Log;
};

const everySeconds = 1;

export class AccessLogs {
  readonly #options: AccessLogsOptions;
  readonly #followers: LogFollower[];
  #waits = false;

  constructor(options: AccessLogsOptions) {
    const { logs, webRequests, spool, clock, log } = options;
    this.#options = options;
    this.#followers = logs.map((settings) => new LogFollower({ settings, webRequests, spool, clock, log }));
  }

  /** Runs until `signal` is aborted, and looks a last time then. Rejects only if the spool fails for good. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#followers.length === 0) return;
    try {
      while (!signal.aborted) {
        await this.#lookAtAll(() => signal.aborted);
        await pause(this.#options.clock, everySeconds, signal);
      }
      let looks = 0;
      await this.#lookAtAll(() => ++looks > this.#followers.length);
    } finally {
      for (const follower of this.#followers) follower.close();
    }
  }

  async #lookAtAll(isOver: () => boolean): Promise<void> {
    let busy: readonly LogFollower[] = this.#followers;
    while (busy.length > 0 && !isOver()) {
      const more: LogFollower[] = [];
      for (const follower of busy) {
        if (await this.#look(follower)) more.push(follower);
        await setImmediate();
      }
      busy = more;
    }
  }

  async #look(follower: LogFollower): Promise<boolean> {
    try {
      const more = await follower.look();
      this.#waits = false;
      return more;
    } catch (error) {
      if (!(error instanceof SpoolFullError)) throw error;
      if (!this.#waits) this.#options.log.warn("the disk is full: access logs wait");
      this.#waits = true;
      return false;
    }
  }
}
