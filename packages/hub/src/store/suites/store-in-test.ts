import type { SeriesDescription } from "@culprit/protocol";
import { afterEach, beforeEach } from "vitest";
import { openStore } from "../open.ts";
import type { BatchResult, ExecutionRow, IntakeBatch, ReportedExecution, Store } from "../store.ts";
import { executionRow, start } from "./rows.ts";

/** Makes an empty place for a store and answers its URL. */
export type Address = () => Promise<string>;

/** A new store for each test of the block it is called in, with one machine. */
export function storeInTest(address: Address) {
  let url: string;
  let store: Store;
  let machineId: number;
  const clock = { now: () => on.now };
  beforeEach(async () => {
    on.now = start;
    url = await address();
    store = await openStore(url, { clock });
    machineId = (await store.machines.create("web-1", start))!;
  });
  afterEach(() => store.close());

  const on = {
    /** What the store's clock says; a test may change it. */
    now: start,
    get store() {
      return store;
    },
    get machineId() {
      return machineId;
    },
    reopen: async (): Promise<void> => {
      await store.close();
      store = await openStore(url, { clock });
    },
    execution: (executionId: string, more: Partial<ExecutionRow> = {}): ExecutionRow =>
      executionRow({ machineId, executionId, ...more }),
    batch: (sequence: number, more: Partial<IntakeBatch> = {}): IntakeBatch => ({
      machineId,
      stream: "stream-one",
      sequence,
      digest: `digest of ${sequence}`,
      dropped: [],
      receivedAt: on.now,
      executions: [],
      points: null,
      osProcesses: null,
      computer: null,
      deadLetters: [],
      ...more,
    }),
    commit: async (...batches: IntakeBatch[]): Promise<BatchResult["status"][]> =>
      (await store.intake.commit(batches, [])).batches.map(({ status }) => status),
    send: async (...executions: ReportedExecution[]) =>
      (await store.intake.commit([], [{ executions, receivedAt: on.now }])).direct[0]!,
    seriesIds: (descriptions: readonly SeriesDescription[], of = machineId): Promise<number[]> =>
      store.catalogue.seriesIds(descriptions.map((description) => ({ machineId: of, description }))),
    ids: async (): Promise<string[]> =>
      (await store.executions.list({ from: 0, to: start * 2 }, 100)).map(({ executionId }) => executionId),
  };
  return on;
}
