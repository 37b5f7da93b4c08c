import { instant, seriesAnswer, windowQuery } from "@culprit/protocol";
import { z } from "zod";
import type { Hub } from "../context.ts";
import { hubItself } from "../metrics/check-series.ts";
import { readSeries, type SeriesQuestion } from "../metrics/series.ts";
import { several } from "../several.ts";
import { readWindow } from "../window.ts";
import type { Routes } from "./policy.ts";

const reference = z.string().max(200);
const metric = z.string().max(100);
const stepSeconds = z
  .number()
  .min(1)
  .max(30 * 86_400);
const most = 500;

const seriesQuery = z.strictObject({
  machine: several(reference).meta({
    description: "names or ids, or hub for what it probes itself; all if absent",
  }),
  metric: several(metric).meta({ description: "at least one" }),
  ...windowQuery,
  stepSeconds: z.coerce.number().pipe(stepSeconds).optional(),
});

const seriesQuestion = z.strictObject({
  machine: z.array(reference).max(most).optional(),
  metric: z.array(metric).min(1).max(most),
  from: instant.optional(),
  to: instant.optional(),
  stepSeconds: stepSeconds.optional(),
});

const schema = {
  summary: "Series of metrics in equal steps, by default of the last 24 hours",
  description:
    "Gauges as means, counters as rates per second. A null stands where nothing was measured for a while. Without " +
    "stepSeconds a step is chosen that gives at most 500 points a series.",
  tags: ["metrics"],
  response: { 200: seriesAnswer },
};

export const series: Routes = async (app, { hub }) => {
  app.get(
    "/metrics/series",
    { config: { policy: "viewer" }, schema: { ...schema, querystring: seriesQuery } },
    (request) => readSeries(hub, question(hub, { ...request.query, metric: request.query.metric ?? [] })),
  );

  app.post(
    "/metrics/series",
    { config: { policy: "viewer" }, schema: { ...schema, body: seriesQuestion } },
    (request) => readSeries(hub, question(hub, request.body)),
  );
};

function question(hub: Hub, asked: z.infer<typeof seriesQuestion>): SeriesQuestion {
  const { machine, metric, stepSeconds } = asked;
  const isHub = (one: string) => one === hubItself && !hub.fleet.find(one);
  const machines = machine?.filter((one) => !isHub(one)).map((one) => hub.fleet.machine(one));
  return {
    machineIds: (machines ?? hub.fleet.all()).map(({ machineId }) => machineId),
    ofHub: machine?.some(isHub) ?? true,
    metrics: metric,
    window: readWindow(asked, hub.clock.now()),
    stepSeconds,
  };
}
