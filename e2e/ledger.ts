/** What callers were told is stored, against what is. */
import { execution, list, type HubClient } from "@culprit/protocol";

/** A run that carries its number in the ledger, whatever its id is. */
export const ledgerRun = (entry: string) => ({
  process: "ledger run",
  kind: "job" as const,
  startedAt: new Date(Date.now() - 1000).toISOString(),
  endedAt: new Date().toISOString(),
  outcome: "ok" as const,
  attributes: { ledger: entry },
});

export type LedgerResult = { acknowledged: number; lost: string[]; doubled: string[] };

export async function compareWithStore(
  acknowledged: ReadonlySet<string>,
  client: HubClient,
): Promise<LedgerResult> {
  const times = new Map<string, number>();
  for await (const entry of storedEntries(client)) times.set(entry, (times.get(entry) ?? 0) + 1);
  return {
    acknowledged: acknowledged.size,
    lost: [...acknowledged].filter((entry) => !times.has(entry)),
    doubled: [...times].filter(([, count]) => count > 1).map(([entry]) => entry),
  };
}

async function* storedEntries(client: HubClient): AsyncGenerator<string> {
  let cursor: string | undefined;
  do {
    const page = await client.get("/executions", list(execution), {
      limit: 1000,
      cursor,
      from: "2020-01-01T00:00:00Z",
    });
    for (const { attributes } of page.items)
      if (attributes?.["ledger"] !== undefined) yield String(attributes["ledger"]);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
