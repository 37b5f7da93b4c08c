/** What is checked on the machine itself, by what its agent can see. */
import type { CheckTarget } from "@culprit/protocol";
import type { ProbeContext, Probed } from "@culprit/probes";
import type { AllowedFile } from "../../control/allowed.ts";
import type { ServiceManager } from "../../control/service-manager.ts";
import type { FileSystems } from "../../file-systems.ts";
import type { OsProcessTable } from "../../os-processes/os-process-table.ts";
import type { Roots } from "../../roots.ts";

export type OwnParts = {
  readonly roots: Roots;
  readonly fileSystems: FileSystems;
  readonly osProcesses: OsProcessTable;
  /** Read anew for each check, so that a change of the file counts at once. */
  readonly allowed: () => Promise<AllowedFile>;
  readonly services: () => ServiceManager;
};

export type OwnProbe<Kind extends CheckTarget["kind"]> = (
  target: Extract<CheckTarget, { kind: Kind }>,
  parts: OwnParts,
  context: ProbeContext,
) => Probed | Promise<Probed>;
