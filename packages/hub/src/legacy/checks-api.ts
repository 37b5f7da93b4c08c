/**
 * `/v1.0/checks`, the API of the check loop in Python: the basic set of one machine, as rows of that loop. Its GETs that
 * change something take a token with the right to do it (admit.ts looks at no session).
 */
import { formatInstant, ProblemError, type CheckState, type Micros } from "@culprit/protocol";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { addBasicChecks, changeCheck } from "../checks/change.ts";
import { orderService } from "../control/services.ts";
import type { Hub } from "../context.ts";
import { publicId } from "../public-ids.ts";
import type { Policy, Routes } from "../routes/policy.ts";
import type { CheckRow, MachineRow } from "../store/store.ts";
import { admit } from "./admit.ts";

/** As the old service calls it, whatever its unit is here. */
const oldService = "httpd";
const columns = ["cpu", "memory", "disk", oldService] as const;
type Column = (typeof columns)[number];

const mostResults = 10_000;
const historySize = z.object({ size: z.coerce.number().int().min(1).max(mostResults).default(mostResults) });
const withColumn = z.object({ column: z.enum(columns) });
const week = 7 * 86_400_000_000;

export const checksApi: Routes = async (app, { hub }) => {
  const get = (
    path: string,
    policy: Policy,
    answer: (request: FastifyRequest, by: string) => Promise<unknown>,
  ) => {
    for (const url of [path, `${path}/`])
      app.get(url, { config: { policy: "oldClient" }, schema: { hide: true } }, async (request) =>
        answer(request, (await admit(hub, request, policy)).name),
      );
  };
  get("/v1.0/checks", "viewer", async () => ({ checks: await rows(hub, mostResults) }));
  get("/v1.0/checks/:column/history", "viewer", async (request) => {
    const { success, data } = withColumn.safeParse(request.params);
    if (!success) throw new ProblemError("not-found");
    const asked = historySize.safeParse(request.query);
    if (!asked.success) throw new ProblemError("invalid-request", z.prettifyError(asked.error));
    return { [data.column]: await history(hub, data.column, asked.data.size) };
  });
  for (const running of [true, false]) {
    const verb = running ? "start" : "stop";
    get(`/v1.0/checks/${verb}`, "operator", async (_, by) => {
      for (const { checkId } of await checksOf(hub, by))
        await changeCheck(hub, publicId("c", checkId), { running }, by);
      return { msg: running ? "started" : "stopped" };
    });
    get(`/v1.0/checks/${verb}/${oldService}`, "operator", async (_, by) => {
      const { name } = machineOf(hub);
      const { ok, state } = await orderService(hub, name, { unit: serviceOf(hub), verb }, by);
      return { msg: `${oldService} ${state}`, ok };
    });
  }
  for (const url of ["/v1.0/checks", "/v1.0/checks/"])
    app.route({
      method: ["POST", "PUT", "DELETE"],
      url,
      config: { policy: "oldClient" },
      schema: { hide: true },
      handler: async (request, reply) => {
        await admit(hub, request, "viewer");
        return reply.code(501).send({ msg: "not implemented" });
      },
    });
};

/** The machine that the settings name, else the only one. */
function machineOf(hub: Hub): MachineRow {
  const { machine } = hub.settings.legacy.checks;
  if (machine !== undefined) return hub.fleet.machine(machine);
  const [only, ...more] = hub.fleet.all();
  if (!only || more.length > 0)
    throw new ProblemError(
      "ambiguous",
      "say in the hub's settings which machine it is: legacy.checks.machine",
    );
  return only;
}

const serviceOf = ({ settings }: Hub): string => settings.legacy.checks.service;

/** The four of the machine; made where they are missing. */
function checksOf(hub: Hub, by: string): Promise<CheckRow[]> {
  return addBasicChecks(
    hub,
    { machine: publicId("m", machineOf(hub).machineId), service: serviceOf(hub) },
    by,
  );
}

type Value = number | string;
type OldRow = Partial<Record<Column, Value>> & { time: string };

/** Newest first. The old loop looked at all four at once: here they are taken together by minute. */
async function rows(hub: Hub, size: number): Promise<OldRow[]> {
  const minutes = new Map<number, OldRow>();
  for (const { column, value, at } of await measured(hub, columns)) {
    const minute = Math.floor(at / 60_000_000);
    const row = minutes.get(minute) ?? { time: formatInstant(at) };
    row[column] ??= value;
    minutes.set(minute, row);
  }
  return [...minutes.values()].slice(0, size);
}

/** Newest first. */
async function history(hub: Hub, column: Column, size: number): Promise<Value[]> {
  return (await measured(hub, [column])).slice(0, size).map(({ value }) => value);
}

type Measured = { column: Column; value: Value; at: Micros };

/** Of the basic set alone: the machine may have more checks of the same kinds. */
async function measured(hub: Hub, wanted: readonly Column[]): Promise<Measured[]> {
  const { machineId } = machineOf(hub);
  const byId = new Map<number, Column>();
  for (const { checkId, name, target } of hub.checks.of(machineId)) {
    const kind = target.kind === "service" ? serviceOf(hub) : target.kind;
    const column = columns.find((one) => one === (target.kind === "service" ? oldService : kind));
    if (column && wanted.includes(column) && name.toLowerCase() === kind.toLowerCase())
      byId.set(checkId, column);
  }
  const now = hub.clock.now();
  const window = { from: now - week, to: now + 1 };
  const results = await hub.store.checks.results([...byId.keys()], window, mostResults);
  return results.flatMap((result) => {
    const column = byId.get(result.checkId)!;
    const value = column === oldService ? serviceStates[result.state] : result.numbers[0]?.value;
    // What could not be looked at has no figure, and none is made up.
    return value === undefined ? [] : [{ column, value, at: result.at }];
  });
}

const serviceStates: Record<CheckState, string> = {
  ok: "up",
  warning: "up",
  critical: "down",
  unknown: "unknown",
};
