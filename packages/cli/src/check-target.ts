/** What a check probes, as options of the command line: exactly one of the kinds, with what belongs to it. */
import type { Command } from "commander";
import { m } from "@culprit/messages";
import { UsageError } from "./failures.ts";

export type TargetOptions = {
  http?: string;
  tcp?: string;
  dns?: string;
  ping?: string;
  command?: string;
  service?: string;
  disk?: string | true;
  cpu?: boolean;
  memory?: boolean;
  load?: boolean;
  contains?: string;
  expects?: string;
  warning?: string;
  critical?: string;
};

export function targetOptions(command: Command): Command {
  return command
    .option("--http <url>", "a web address answers well")
    .option("--tcp <host:port>", "a port accepts connections")
    .option("--dns <name>", "a name is known")
    .option("--ping <host>", "a host answers")
    .option("--command <name>", "a Nagios plugin that the machine's own file names")
    .option("--service <name>", "a unit, an init script or a process of the machine runs")
    .option("--disk [mount point]", "the machine's file system (or the fullest) has room")
    .option("--cpu", "the machine's processors are not busy")
    .option("--memory", "the machine's memory is not full")
    .option("--load", "the machine's load is not high")
    .option("--contains <text>", "with --http: the page has this text")
    .option("--expects <record>", "with --dns: one of the answers is this")
    .option("--warning <number>", "percent, load per core, or seconds of --http and --ping")
    .option("--critical <number>", "as --warning");
}

/** As the API takes it; the hub's schema says what is wrong with it. */
export function targetOf(options: TargetOptions): Record<string, unknown> {
  const { http, tcp, dns, ping, command, service, disk, cpu, memory, load, contains, expects } = options;
  const [warning, critical] = [numberOf(options.warning), numberOf(options.critical)];
  const seconds = { warningSeconds: warning, criticalSeconds: critical };
  const percent = { warningPercent: warning, criticalPercent: critical };
  const [, host, port] = /^(.*):(\d+)$/.exec(tcp ?? "") ?? [];
  const kinds = [
    http !== undefined && { kind: "http", url: http, contains, ...seconds },
    tcp !== undefined && { kind: "tcp", host: host ?? tcp, port: Number(port) },
    dns !== undefined && { kind: "dns", host: dns, expects },
    ping !== undefined && { kind: "ping", host: ping, ...seconds },
    command !== undefined && { kind: "command", command },
    service !== undefined && { kind: "service", service },
    disk !== undefined && { kind: "disk", mountPoint: disk === true ? undefined : disk, ...percent },
    cpu && { kind: "cpu", ...percent },
    memory && { kind: "memory", ...percent },
    load && { kind: "load", warningPerCore: warning, criticalPerCore: critical },
  ].filter((kind) => kind !== false && kind !== undefined);
  const [target, ...more] = kinds;
  if (!target || more.length > 0) throw new UsageError(m.cmd_checks_one_kind());
  return target;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
