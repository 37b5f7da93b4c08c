/** Everything that a machine checks of itself; a new file in this folder gets its line here. */
import type { CheckTarget } from "@culprit/protocol";
import type { ProbeContext, Probed, RemoteTarget } from "@culprit/probes";
import { command } from "./command.ts";
import { cpu } from "./cpu.ts";
import { disk } from "./disk.ts";
import { load } from "./load.ts";
import { memory } from "./memory.ts";
import type { OwnParts } from "./own-probe.ts";
import { service } from "./service.ts";

export type OwnTarget = Exclude<CheckTarget, RemoteTarget>;

export async function probeOwn(target: OwnTarget, parts: OwnParts, context: ProbeContext): Promise<Probed> {
  switch (target.kind) {
    case "command":
      return command(target, parts, context);
    case "cpu":
      return cpu(target, parts, context);
    case "disk":
      return disk(target, parts, context);
    case "load":
      return load(target, parts, context);
    case "memory":
      return memory(target, parts, context);
    case "service":
      return service(target, parts, context);
    default:
      return target satisfies never;
  }
}
