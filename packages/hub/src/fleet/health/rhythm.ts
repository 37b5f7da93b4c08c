/** Whether a machine is missed: judged by how often it is usually heard and sends samples. Pure but for what it remembers. */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { MachineRow } from "../../store/store.ts";
import { samplesAge } from "./state-by-contacts.ts";

/** Without a channel a machine is heard when it uploads, which may be seldom. */
const uploadsWithin = 90 * microsPerSecond;
const channelMissedFor = 60 * microsPerSecond;
/** Two steps and a moment for the way. */
const stepsWithin = 2.2;
const onTheWay = 3 * microsPerSecond;
const longestStep = 80 * microsPerSecond;
/** So that one long step is forgotten in the course of a few minutes. */
const stepFades = 0.99;
/** A clock that was set back makes the last contact one to come. */
const ahead = 5 * microsPerSecond;

export type Limits = { contact: Micros; samples: Micros; hasChannels: boolean };

export class Rhythm {
  #step: Micros = 0;
  #newest: Micros | null = null;
  #withoutChannelSince: Micros | null = null;
  /** Its channel was lost since the newest sample: an agent that starts again takes its time once, not each time. */
  #interrupted = false;

  /** Each turn of the loop. */
  note({ lastSampleAt }: MachineRow, connected: boolean, now: Micros): void {
    this.#interrupted ||= !connected && this.#withoutChannelSince === null;
    this.#withoutChannelSince = connected ? null : (this.#withoutChannelSince ?? now);
    if (lastSampleAt === null || lastSampleAt === this.#newest) return;
    const step = this.#newest === null || this.#interrupted ? 0 : lastSampleAt - this.#newest;
    this.#interrupted = false;
    this.#step = step > longestStep ? this.#step : Math.max(step, this.#step * stepFades);
    this.#newest = lastSampleAt;
  }

  heard(
    { lastContactAt }: MachineRow,
    listeningSince: Micros,
    now: Micros,
    limits: Limits,
  ): "lately" | "waiting" | "missed" {
    if (lastContactAt === null) return "missed";
    const within = this.#lacksChannel(lastContactAt, limits)
      ? Math.max(uploadsWithin, limits.contact)
      : limits.contact;
    const age = now - lastContactAt;
    if (age <= within && age >= -ahead) return "lately";
    return now - listeningSince <= within ? "waiting" : "missed";
  }

  samplesLag(row: MachineRow, listeningSince: Micros, now: Micros, limits: Limits): boolean {
    const within = Math.max(limits.samples, this.#step * stepsWithin + onTheWay);
    return Math.min(samplesAge(row, now), now - listeningSince) > within;
  }

  /** It went on being heard without one, so it has none to lose. */
  #lacksChannel(lastContactAt: Micros, { hasChannels }: Limits): boolean {
    if (!hasChannels || this.#withoutChannelSince === null) return false;
    return lastContactAt - this.#withoutChannelSince > channelMissedFor;
  }
}
