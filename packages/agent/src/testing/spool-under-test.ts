/** A real spool in a folder of its own, and what is in it. */
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Batch, ExecutionInput, PointColumns, SeriesDescription } from "@culprit/protocol";
import type { Clock } from "../clock.ts";
import { Spool } from "../spool/spool.ts";

export function openTestSpool(base: string, clock: Clock): Promise<Spool> {
  return Spool.open({
    folder: join(base, "spool"),
    limits: { maxBytes: 1e9, maxAgeSeconds: 1e9, graceSeconds: 3600, graceBytes: 1e9 },
    now: () => clock.now(),
    random: Math.random,
    onFatal: (error) => {
      throw error;
    },
    warn: () => {},
  });
}

export async function batchesIn(spool: Spool): Promise<Batch[]> {
  const parts = await spool.nextParts({ memberBytes: 1e9, decodedBytes: 1e9, batches: 1e6 });
  return parts
    .flatMap(({ batches }) => batches)
    .map(({ member }) => JSON.parse(gunzipSync(member).toString()) as Batch);
}

export async function executionsIn(spool: Spool): Promise<ExecutionInput[]> {
  return (await batchesIn(spool)).flatMap((one) =>
    one.kind === "executions" ? (one.executions as ExecutionInput[]) : [],
  );
}

/** The sum of a counter over all that was told. */
export async function sumIn(
  spool: Spool,
  metric: string,
  matches: (attributes: SeriesDescription["attributes"]) => boolean = () => true,
): Promise<number> {
  let sum = 0;
  for (const one of await batchesIn(spool)) {
    if (one.kind !== "samples") continue;
    // As the agent wrote them; a batch that came from elsewhere may hold anything.
    const series = (one.series ?? []) as SeriesDescription[];
    const points = one.points as PointColumns;
    points.series.forEach((index, row) => {
      const description = series[index]!;
      if (description.metric === metric && matches(description.attributes)) sum += points.value[row]!;
    });
  }
  return sum;
}
