import type { Clock } from "./clock.ts";
import { CollectLoop } from "./collect-loop.ts";
import type { CollectSettings } from "./collect-settings.ts";
import type { CollectorContext } from "./collector.ts";
import { collectors } from "./collectors/index.ts";
import { FileSystems } from "./file-systems.ts";
import { HeldFiles } from "./held-files.ts";
import { OsProcessTable } from "./os-processes/os-process-table.ts";
import type { ToldNames } from "./os-processes/told-names.ts";
import type { Roots } from "./roots.ts";
import { RunUsage } from "./run-usage.ts";
import type { SampleBody } from "./sample-body.ts";
import type { PaceOptions } from "./sampling-pace.ts";

export type SamplingOptions = {
  roots: Roots;
  settings: CollectSettings;
  /** For OS processes and their users, wherever they leave the machine. */
  names: ToldNames;
  tellsArguments: boolean;
  clock: Clock;
  agentVersion: string;
  /** Gets one body a tick. What it throws is not caught here. */
  sink: (body: SampleBody) => void;
  onFailure: (collector: string, error: unknown) => void;
  onPace?: PaceOptions["onChange"];
};

/** Builds all collectors and their loop. `runUsage` follows executions on the same looks. */
export function createSampling(options: SamplingOptions): {
  loop: CollectLoop;
  runUsage: RunUsage;
  osProcesses: OsProcessTable;
  fileSystems: FileSystems;
  /** A table of its own, for looks that must not disturb what the shared one compares with. */
  openTable: () => OsProcessTable;
  close: () => void;
} {
  const { roots, settings, clock, agentVersion, names } = options;
  const osProcesses = new OsProcessTable(roots, { names, tellsArguments: options.tellsArguments });
  const runUsage = new RunUsage({ table: osProcesses, roots, clock });
  const fileSystems = new FileSystems({ roots, clock });
  const files = new HeldFiles();
  const context: CollectorContext = {
    roots,
    settings,
    agentVersion,
    files,
    fileSystems,
    osProcesses,
    runUsage,
  };
  const loop = new CollectLoop({
    collectors: collectors.map((create) => create(context)),
    clock,
    sink: options.sink,
    onFailure: options.onFailure,
    ...(options.onPace ? { onPace: options.onPace } : {}),
  });
  return {
    loop,
    runUsage,
    osProcesses,
    fileSystems,
    openTable: () => new OsProcessTable(roots, { keepsOpen: false, names }),
    close() {
      loop.stop();
      osProcesses.close();
      files.close();
    },
  };
}
