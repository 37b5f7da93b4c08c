/** What every engine must do for the store as a whole. */
import { describe, expect, test } from "vitest";
import type { Store } from "../store.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

export function wholeSuite(engine: Store["engine"], address: Address): void {
  describe(`the store as a whole on ${engine}`, () => {
    const on = storeInTest(address);
    const { reopen } = on;

    test("names its engine and keeps its epoch when it is opened again", async () => {
      const { epoch } = on.store;
      expect(on.store.engine).toBe(engine);
      expect(epoch).toMatch(/^[0-9a-f-]{36}$/);
      await reopen();
      expect(on.store.epoch).toBe(epoch);
      await on.store.ping();
    });

    test("runs work under a lock that is held by nobody, and only then", async () => {
      const order: string[] = [];
      const ran = await on.store.exclusively("nightly", async () => {
        order.push("first");
        expect(await on.store.exclusively("nightly", async () => void order.push("second"))).toBe(false);
        expect(await on.store.exclusively("other", async () => void order.push("other"))).toBe(true);
      });
      expect(ran).toBe(true);
      await expect(on.store.exclusively("nightly", () => Promise.reject(new Error("broke")))).rejects.toThrow(
        "broke",
      );
      expect(await on.store.exclusively("nightly", async () => void order.push("again"))).toBe(true);
      expect(order).toEqual(["first", "other", "again"]);
    });
  });
}
