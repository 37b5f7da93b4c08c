/** The spool's own state as metrics of the agent, added to what a tick collected. */
import type { SampleBody } from "../sample-body.ts";
import type { Spool } from "./spool.ts";

/** Drops are told as increments, each once. */
export function spoolReadings(spool: Spool): (body: SampleBody, at: number) => void {
  const told = new Map<string, number>();
  let toldAt: number | null = null;
  return ({ series, points }, at) => {
    const add = (description: SampleBody["series"][number], value: number, intervalSeconds: number) => {
      points.series.push(series.length);
      points.at.push(at);
      points.value.push(value);
      points.intervalSeconds.push(intervalSeconds);
      series.push(description);
    };
    add({ metric: "culprit.agent.spool.size", attributes: {}, unit: "By", type: "gauge" }, spool.bytes, 0);
    const seconds = toldAt === null ? 0 : Math.max(0, (at - toldAt) / 1e6);
    for (const [reason, rows] of spool.dropped) {
      const more = rows - (told.get(reason) ?? 0);
      told.set(reason, rows);
      const description = { metric: "culprit.agent.dropped", attributes: { reason }, unit: "{row}" };
      if (more > 0) add({ ...description, type: "counter" }, more, seconds);
    }
    toldAt = at;
  };
}
