/**
 * What an agent of a small server samples every ten seconds, cheap enough to make for thousands: of each tick only the
 * head differs from agent to agent, and gzip members concatenate.
 */
import { gzipSync } from "node:zlib";
import { protocolVersion } from "@culprit/protocol";
import { series } from "../store/series-list.ts";

/** So many different sets of values go around. */
const variants = 40;
const descriptions = series.map(({ metric, attributes, unit, type }) => ({ metric, attributes, unit, type }));

export const pointsPerBatch = series.length;

export class Ticks {
  #second = 0;
  #rests: Buffer[] = [];

  /** Of the agent numbered `index` with the sample of `at`, microseconds. */
  batch(index: number, sequence: number, at: number): Uint8Array<ArrayBuffer> {
    const second = Math.floor(at / 1e6);
    if (second !== this.#second) {
      this.#second = second;
      this.#rests = Array.from({ length: variants }, () => gzipSync(rest(second * 1e6), { level: 1 }));
    }
    const head = { protocol: protocolVersion, stream: "bench-samples", sequence, kind: "samples" };
    const begun = gzipSync(JSON.stringify(head).slice(0, -1), { level: 0 });
    return new Uint8Array(Buffer.concat([begun, this.#rests[index % variants]!]));
  }
}

function rest(at: number): string {
  const points = {
    series: series.map((_, index) => index),
    at: series.map(() => at),
    value: series.map(() => Math.round(Math.random() * 1000) / 1000),
    intervalSeconds: series.map(({ type }) => (type === "counter" ? 10 : 0)),
  };
  return `,"series":${JSON.stringify(descriptions)},"points":${JSON.stringify(points)}}\n`;
}
