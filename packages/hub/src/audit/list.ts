/** Who did what, for administrators: filters, newest first, page by page. */
import {
  auditVerbs,
  formatInstant,
  pageQuery,
  ProblemError,
  windowQuery,
  type AuditEntry,
} from "@culprit/protocol";
import { z } from "zod";
import type { Hub } from "../context.ts";
import { several } from "../several.ts";
import { readWindow } from "../window.ts";

export const auditQuery = z.strictObject({
  what: several(z.enum(auditVerbs)),
  who: z.string().max(200).optional(),
  machine: z.string().max(200).optional().meta({ description: "name at that time" }),
  ...windowQuery,
  ...pageQuery,
});

const defaultSeconds = 30 * 86_400;

export async function listAudit(
  hub: Hub,
  query: z.infer<typeof auditQuery>,
): Promise<{ items: AuditEntry[]; nextCursor?: string }> {
  const { what, who, machine, limit, cursor } = query;
  const rows = await hub.store.audit.list(
    {
      // What happens in this very instant has happened, too.
      ...readWindow(query, hub.clock.now() + 1, defaultSeconds),
      ...(what ? { actions: what } : {}),
      ...(who === undefined ? {} : { actor: who }),
      ...(machine === undefined ? {} : { machine }),
    },
    limit,
    cursor === undefined ? undefined : readCursor(cursor),
  );
  const last = rows.length === limit ? rows.at(-1) : undefined;
  const items = rows.map(({ at, actor, action, target, outcome, detail, machine }) => ({
    at: formatInstant(at),
    who: actor,
    what: action,
    ...(machine === null ? {} : { machine }),
    target,
    outcome,
    detail,
  }));
  return { items, ...(last ? { nextCursor: `${last.at}-${last.entryId}` } : {}) };
}

function readCursor(cursor: string): { at: number; entryId: number } {
  const match = /^(\d{1,16})-(\d{1,10})$/.exec(cursor);
  if (!match) throw new ProblemError("invalid-request", "this cursor is not one that a list answered");
  return { at: Number(match[1]), entryId: Number(match[2]) };
}
