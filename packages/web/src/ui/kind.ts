import type { ExecutionKind } from "@culprit/protocol";
import { m } from "@culprit/messages";

export const kindNames: Record<ExecutionKind, () => string> = {
  cron: m.kind_cron,
  web: m.kind_web,
  job: m.kind_job,
};
