/** Orders that one hub passes on to the hub that a machine is connected to. */
import type { Engine } from "./engine.ts";
import { integerSet } from "./sql.ts";
import type { PassedOrderRow, PassedOrderStore } from "./store.ts";

/** What one look takes at most. */
const mostAtOnce = 100;

export function passedOrderStore(engine: Engine): PassedOrderStore {
  const ofOrder = ({ machineId, orderId }: Pick<PassedOrderRow, "machineId" | "orderId">) =>
    ({ machine_id: machineId, order_id: orderId }) as const;
  return {
    add: (order) =>
      engine.write(async (db) => {
        await db
          .insertInto("passed_order")
          .values({
            ...ofOrder(order),
            name: order.name,
            arguments: JSON.stringify(order.arguments ?? null),
            ordered_by: order.by,
            timeout_seconds: order.timeoutSeconds,
            expires_at: order.expiresAt,
            taken: false,
            answer: null,
          })
          .execute();
      }),

    async waiting(now, machineIds) {
      const rows = await engine.read
        .selectFrom("passed_order")
        .selectAll()
        .where("taken", "=", false)
        .where("expires_at", ">", now)
        .where("machine_id", "in", integerSet([...machineIds]))
        .orderBy("expires_at")
        .limit(mostAtOnce)
        .execute();
      return rows.map((row) => ({
        machineId: row.machine_id,
        orderId: row.order_id,
        name: row.name,
        arguments: JSON.parse(row.arguments) as unknown,
        by: row.ordered_by,
        timeoutSeconds: row.timeout_seconds,
        expiresAt: row.expires_at,
      }));
    },

    take: (order) =>
      engine.write(async (db) => {
        const taken = await db
          .updateTable("passed_order")
          .set({ taken: true })
          .where((where) => where.and({ ...ofOrder(order), taken: false }))
          .returning("order_id")
          .execute();
        return taken.length > 0;
      }),

    answer: (order, answer) =>
      engine.write(async (db) => {
        await db
          .updateTable("passed_order")
          .set({ answer: JSON.stringify(answer) })
          .where((where) => where.and(ofOrder(order)))
          .execute();
      }),

    async answerTo(order) {
      const row = await engine.read
        .selectFrom("passed_order")
        .select("answer")
        .where((where) => where.and(ofOrder(order)))
        .executeTakeFirst();
      return row?.answer == null ? undefined : (JSON.parse(row.answer) as unknown);
    },

    withdraw: (order) =>
      engine.write(async (db) => {
        const gone = await db
          .deleteFrom("passed_order")
          .where((where) => where.and({ ...ofOrder(order), taken: false }))
          .returning("order_id")
          .execute();
        return gone.length > 0;
      }),

    remove: (order) =>
      engine.write(async (db) => {
        await db
          .deleteFrom("passed_order")
          .where((where) => where.and(ofOrder(order)))
          .execute();
      }),

    removeExpired: (before) =>
      engine.write(async (db) => {
        await db.deleteFrom("passed_order").where("expires_at", "<", before).execute();
      }),
  };
}
