import type { Micros } from "@culprit/protocol";

/** `by`: for whom, in the agent's audit. After `expiresAt` nobody takes it any more. */
export type PassedOrderRow = {
  machineId: number;
  orderId: string;
  name: string;
  arguments: unknown;
  by: string | null;
  timeoutSeconds: number;
  expiresAt: Micros;
};

type OrderKey = Pick<PassedOrderRow, "machineId" | "orderId">;

/** Orders that one hub passes on to another that a machine is connected to. */
export type PassedOrderStore = {
  add(order: PassedOrderRow): Promise<void>;
  /** Not taken and not expired, of these machines, the oldest first, not all if very many. */
  waiting(now: Micros, machineIds: readonly number[]): Promise<PassedOrderRow[]>;
  /** True for one caller alone. */
  take(order: OrderKey): Promise<boolean>;
  answer(order: OrderKey, answer: unknown): Promise<void>;
  /** Undefined while there is none. */
  answerTo(order: OrderKey): Promise<unknown>;
  /** Removes it if nobody has taken it; true: nobody will. */
  withdraw(order: OrderKey): Promise<boolean>;
  remove(order: OrderKey): Promise<void>;
  removeExpired(before: Micros): Promise<void>;
};
