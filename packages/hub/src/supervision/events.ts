/** The list of events: filters that take ids or names, newest first, page by page. */
import {
  pageQuery,
  ProblemError,
  supervisionEventKinds,
  windowQuery,
  type SupervisionEvent,
} from "@culprit/protocol";
import { z } from "zod";
import { processFilter } from "../answers/run-filter.ts";
import type { Hub } from "../context.ts";
import { several } from "../several.ts";
import { readWindow } from "../window.ts";
import { presentEvents } from "./present.ts";

const yes = z.enum(["true", "false"]).transform((text) => text === "true");

export const eventsQuery = z.strictObject({
  machine: several(z.string().max(200)).meta({ description: "names or ids" }),
  ...processFilter,
  kind: several(z.enum(supervisionEventKinds)),
  open: yes.optional().meta({ description: "only those that are not over" }),
  withdrawn: yes.optional().meta({ description: "also those that turned out not to be so" }),
  ...windowQuery,
  ...pageQuery,
});

/** Events that touch the window. */
export async function listEvents(
  hub: Hub,
  query: z.infer<typeof eventsQuery>,
): Promise<{ items: SupervisionEvent[]; nextCursor?: string }> {
  const { machine, process, kind, open = false, withdrawn = false, limit, cursor } = query;
  const processes = process && (await Promise.all(process.map((one) => hub.catalogue.process(one))));
  const rows = await hub.store.supervisionEvents.list(
    {
      ...readWindow(query, hub.clock.now()),
      ...(machine ? { machineIds: machine.map((one) => hub.fleet.machine(one).machineId) } : {}),
      ...(processes ? { processIds: processes.map(({ processId }) => processId) } : {}),
      ...(kind ? { kinds: kind } : {}),
      open,
      withdrawn,
    },
    limit,
    cursor === undefined ? undefined : readCursor(cursor),
  );
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    items: await presentEvents(hub, rows),
    ...(last ? { nextCursor: `${last.beganAt}-${last.eventId}` } : {}),
  };
}

function readCursor(cursor: string): { beganAt: number; eventId: number } {
  const match = /^(\d{1,16})-(\d{1,10})$/.exec(cursor);
  if (!match) throw new ProblemError("invalid-request", "this cursor is not one that a list answered");
  return { beganAt: Number(match[1]), eventId: Number(match[2]) };
}
