/** What a person has a machine do is written down with what became of it, also where it was refused. */
import { ProblemError, type AuditEntry, type AuditVerb } from "@culprit/protocol";
import type { Hub } from "../context.ts";

type Order = { by: string; action: AuditVerb; target: string; machine?: string };
type Told = { outcome: AuditEntry["outcome"]; detail: string };

export async function audited<T>(
  hub: Hub,
  { by, action, target, ...more }: Order,
  work: () => Promise<T>,
  tell: (result: T) => Told,
): Promise<T> {
  const audit = ({ outcome, detail }: Told) =>
    hub.access.audit(by, action, target, detail, { ...more, outcome });
  const result = await work().catch(async (error: unknown) => {
    if (error instanceof ProblemError) await audit({ outcome: outcomeOf(error), detail: error.message });
    throw error;
  });
  await audit(tell(result));
  return result;
}

function outcomeOf({ problem: { code } }: ProblemError): AuditEntry["outcome"] {
  return code === "no-answer" || code === "internal" ? "failed" : "refused";
}
