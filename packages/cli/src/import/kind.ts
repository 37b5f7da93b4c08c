/** A kind of source, as `culprit import <kind>` knows it: its options, and how it is opened. */
import type { ExecutionKind } from "@culprit/protocol";
import type { Command } from "commander";
import type { ConnectionOptions } from "../connection.ts";
import type { Terminal } from "../terminal.ts";
import type { DurationUnit } from "./fields.ts";
import type { Source } from "./row.ts";
import type { DateOrder } from "./times.ts";

export type ImportOptions = ConnectionOptions & {
  dryRun?: boolean;
  json?: boolean;
  restart?: boolean;
  createMachines?: boolean;
  rejects?: string;
  machine?: string;
  machineNames?: string;
  kind: ExecutionKind;
  map?: string;
  zone?: string;
  dateOrder?: DateOrder;
  durationUnit?: DurationUnit;
  delimiter?: string;
  header: boolean;
  encoding: string;
  table?: string;
  join?: string;
  unit?: string;
  command?: string;
  all?: boolean;
  minSeconds?: number;
};

export type SourceKind = {
  name: string;
  /** How the place is written in the help. */
  place: string;
  description: string;
  /** Of rows that do not say what they are. */
  usualKind: ExecutionKind;
  configure(command: Command): Command;
  open(place: string, options: ImportOptions, terminal: Terminal): Promise<Source>;
};
