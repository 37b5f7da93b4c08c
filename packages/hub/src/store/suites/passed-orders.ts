/** What every engine must do for orders that hubs pass on. */
import { describe, expect, test } from "vitest";
import type { Store } from "../store.ts";
import { second, start } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

export function passedOrdersSuite(engine: Store["engine"], address: Address): void {
  describe(`orders passed on, on ${engine}`, () => {
    const on = storeInTest(address);

    test("are taken by one alone while they hold, answered, or withdrawn before they are taken", async () => {
      const { passedOrders: orders } = on.store;
      const order = (orderId: string, machineId = on.machineId) => ({
        machineId,
        orderId,
        name: "service",
        arguments: { unit: "httpd", verb: "restart" },
        by: "ana",
        timeoutSeconds: 2.5,
        expiresAt: start + 5 * second,
      });
      const [first, other] = [order("one"), order("two", 77)];
      await orders.add(first);
      await orders.add(other);
      expect(await orders.waiting(start, [on.machineId])).toEqual([first]);
      expect(await orders.waiting(start + 5 * second, [on.machineId, 77])).toEqual([]);
      expect(await Promise.all([orders.take(first), orders.take(first)])).toEqual(
        expect.arrayContaining([true, false]),
      );
      expect(await orders.waiting(start, [on.machineId])).toEqual([]);
      expect(await orders.withdraw(first)).toBe(false);
      expect(await orders.answerTo(first)).toBeUndefined();
      await orders.answer(first, { result: { ok: true } });
      expect(await orders.answerTo(first)).toEqual({ result: { ok: true } });
      expect(await orders.withdraw(other)).toBe(true);
      expect([await orders.take(other), await orders.answerTo(other)]).toEqual([false, undefined]);
      await orders.remove(first);
      expect(await orders.answerTo(first)).toBeUndefined();
      await orders.add(order("left"));
      await orders.removeExpired(start + 6 * second);
      expect(await orders.waiting(0, [on.machineId])).toEqual([]);
    });
  });
}
