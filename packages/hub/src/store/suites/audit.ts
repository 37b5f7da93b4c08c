/** What every engine must do for the audit. */
import { describe, expect, test } from "vitest";
import type { AuditRow, Store } from "../store.ts";
import { hour, start } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

const entry: Omit<AuditRow, "entryId"> = {
  at: start,
  actor: "ana",
  action: "service.stop",
  target: "apache2",
  machine: "web-1",
  outcome: "refused",
  detail: "not listed",
};

export function auditSuite(engine: Store["engine"], address: Address): void {
  describe(`audit on ${engine}`, () => {
    const on = storeInTest(address);
    const list = async (more: object = {}, limit = 10, before?: { at: number; entryId: number }) =>
      on.store.audit.list({ from: start, to: start + hour, ...more }, limit, before);

    test("remembers who did what, the newest first, page by page also within one instant", async () => {
      await on.store.audit.add(entry);
      await on.store.audit.add({ ...entry, target: "nginx" });
      await on.store.audit.add({
        ...entry,
        at: start + 1,
        machine: null,
        outcome: "done",
        action: "user.put",
      });
      expect(await list({ actions: ["service.stop"], actor: "ana", machine: "web-1" })).toMatchObject([
        { ...entry, target: "nginx" },
        entry,
      ]);
      const pages: AuditRow[] = [];
      for (let page = await list({}, 1); page[0]; page = await list({}, 1, page[0])) pages.push(page[0]);
      expect(pages.map(({ action, target }) => `${action} ${target}`)).toEqual([
        "user.put apache2",
        "service.stop nginx",
        "service.stop apache2",
      ]);
      expect(await list({ actor: "eve" })).toEqual([]);
      expect(await list({ from: start + 1 })).toHaveLength(1);
    });

    test("goes with the executions of its time", async () => {
      await on.store.audit.add(entry);
      await on.store.audit.add({ ...entry, at: start + 2 });
      const limits = { samples: start, executions: start + 1, keys: start };
      expect(await on.store.removeBefore(limits)).toMatchObject({ audit: 1 });
      expect(await list()).toHaveLength(1);
    });
  });
}
