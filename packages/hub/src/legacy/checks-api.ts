/**
 * `/v1.0/checks`, the API of the check loop in Python: the basic set of one machine, as rows of that loop. Its GETs that
 * change something take a token with the right to do it (admit.ts looks at no session).
 */
import { formatInstant, ProblemError, type CheckResult } from "@culprit/protocol";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { addBasicChecks, changeCheck } from "../checks/change.ts";
import { orderService } from "../control/services.ts";
import type { Hub } from "../context.ts";
import { publicId } from "../public-ids.ts";
import type { Policy, Routes } from "../routes/policy.ts";
import type { CheckResultRow, CheckRow, MachineRow } from "../store/store.ts";
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
    const { size } = asked.data;
    return { [data.column]: (await rows(hub, size)).map((row) => row[data.column]) };
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

type OldRow = Partial<Record<Column, number | string>> & { time: string };

/** Newest first. The old loop looked at all four at once: here they are taken together by minute. */
async function rows(hub: Hub, size: number): Promise<OldRow[]> {
  const { machineId } = machineOf(hub);
  const byId = new Map(
    hub.checks.of(machineId).flatMap((row): [number, Column][] => {
      const { kind } = row.target;
      if (kind === "service") return row.name === serviceOf(hub) ? [[row.checkId, oldService]] : [];
      return kind === "cpu" || kind === "memory" || kind === "disk" ? [[row.checkId, kind]] : [];
    }),
  );
  const now = hub.clock.now();
  const most = Math.min(mostResults, size * columns.length + columns.length);
  const results = await hub.store.checks.results([...byId.keys()], { from: now - week, to: now + 1 }, most);
  const minutes = new Map<number, OldRow>();
  for (const result of results) {
    const minute = Math.floor(result.at / 60_000_000);
    const row = minutes.get(minute) ?? { time: formatInstant(result.at) };
    const column = byId.get(result.checkId)!;
    row[column] ??= column === oldService ? stateOf(result) : (result.numbers[0]?.value ?? 0);
    minutes.set(minute, row);
  }
  return [...minutes.values()].slice(0, size);
}

const stateOf = ({ state }: Pick<CheckResult, "state"> | CheckResultRow): string =>
  state === "ok" ? "up" : "down";
