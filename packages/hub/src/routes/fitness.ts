import {
  benchmarkRun,
  benchmarkRunInput,
  fitness as fitnessAnswer,
  hubBenchmarks,
  list,
} from "@culprit/protocol";
import { z } from "zod";
import { languageOf } from "../answers/language.ts";
import { callerOn } from "../auth/caller.ts";
import { fitnessOf, fitnessWithHistory } from "../fitness/fitness.ts";
import { hubTrends } from "../fitness/hub-benchmark.ts";
import { runBenchmarks } from "../fitness/run.ts";
import { callerGone } from "../turns.ts";
import type { Routes } from "./policy.ts";

const params = z.object({ id: z.string().max(200).meta({ description: "id or name" }) });
const description =
  "By benchmarks against the machine's own past and its like, and by how busy it was in the last minutes. `text` is " +
  "in the language of Accept-Language.";

export const fitness: Routes = async (app, { hub }) => {
  app.get(
    "/fitness",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "Which machines are fit for new work",
        description,
        tags: ["machines"],
        response: { 200: list(fitnessAnswer) },
      },
    },
    async (request, reply) => {
      const locale = languageOf(request, reply);
      const items = await hub.dear.fitness.run(
        () => fitnessOf(hub, hub.fleet.all(), locale),
        callerGone(reply),
      );
      return { items };
    },
  );

  app.get(
    "/machines/:id/fitness",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "Whether a machine is fit for new work, and the history of its benchmarks",
        description,
        tags: ["machines"],
        params,
        response: { 200: fitnessAnswer },
      },
    },
    async (request, reply) => {
      const row = hub.fleet.machine(request.params.id);
      const locale = languageOf(request, reply);
      return hub.dear.fitness.run(() => fitnessWithHistory(hub, row, locale), callerGone(reply));
    },
  );

  app.get(
    "/hub/benchmarks",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "How fast the hub's own SQL is (DuckDB), with history, and what became slower",
        tags: ["hub"],
        response: { 200: hubBenchmarks },
      },
    },
    (request, reply) => hubTrends(hub, languageOf(request, reply)),
  );

  app.post(
    "/hub/benchmarks",
    {
      config: { policy: "operator" },
      schema: {
        summary:
          "Measure the hub's own SQL now, in a database that is thrown away, if the hub's machine is quiet",
        tags: ["hub"],
        response: { 200: benchmarkRun },
      },
    },
    () => hub.hubBenchmark.run(hub),
  );

  app.post(
    "/machines/:id/benchmarks",
    {
      config: { policy: "operator" },
      schema: {
        summary: "Run benchmarks now: those that the machine's own file allows, if it is quiet",
        tags: ["machines"],
        params,
        body: benchmarkRunInput.optional(),
        response: { 200: benchmarkRun },
      },
    },
    (request) =>
      runBenchmarks(hub, hub.fleet.machine(request.params.id), request.body ?? {}, callerOn(request).name),
  );
};
