import { findingText } from "@culprit/messages/finding-text";
import { formatInstant, withoutSecrets, type Check, type CheckResult } from "@culprit/protocol";
import type { Locale } from "../answers/why-text.ts";
import type { Hub } from "../context.ts";
import { publicId } from "../public-ids.ts";
import type { CheckResultRow, CheckRow } from "../store/store.ts";
import { beliefOf } from "./checks.ts";

const day = 86_400_000_000;
/** Older results are no longer shown as the last. */
const lastWithin = 7 * day;

export async function presentChecks(hub: Hub, rows: readonly CheckRow[], locale: Locale): Promise<Check[]> {
  const since = hub.clock.now() - lastWithin;
  // What is believed until then was told by it: nothing has to be searched for the newest.
  const heard = rows.filter(({ believedUntil }) => believedUntil >= since);
  const latest = await hub.store.checks.resultsAt(
    heard.map(({ checkId, believedUntil }) => ({ checkId, at: believedUntil })),
  );
  const last = new Map(latest.map((result) => [result.checkId, result]));
  return rows.map((row) => {
    const { state, since, flapping } = beliefOf(row);
    const result = last.get(row.checkId);
    return {
      id: publicId("c", row.checkId),
      name: row.name,
      ...(row.machineId === 0
        ? {}
        : { machine: hub.fleet.name(row.machineId), machineId: publicId("m", row.machineId) }),
      target: withoutSecrets(row.target),
      intervalSeconds: row.intervalSeconds,
      timeoutSeconds: row.timeoutSeconds,
      retries: row.retries,
      running: row.running,
      state,
      since: since === null ? null : formatInstant(since),
      flapping,
      last: result ? presentResult(result, locale) : null,
      createdAt: formatInstant(row.createdAt),
    };
  });
}

export function presentResult(row: CheckResultRow, locale: Locale): CheckResult {
  const { checkId, at, ...result } = row;
  return { checkId: publicId("c", checkId), at: formatInstant(at), ...result, text: saidText(row, locale) };
}

/** What plugins say, and what is not understood here, is told as it came. */
export function saidText(
  { text, finding }: Pick<CheckResultRow, "text" | "finding">,
  locale: Locale,
): string {
  return (finding && findingText(finding, locale)) ?? text;
}
