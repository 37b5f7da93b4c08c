/** What the checks look at. Roots are injectable: tests break real folders, not mocks. */
import type { ServiceManager } from "@culprit/agent/service-manager";
import type { AccessLogSettings } from "@culprit/agent/settings";
import type { Connection } from "../connection.ts";
import type { Terminal } from "../terminal.ts";
import type { HubProbe } from "./probe-hub.ts";

export type Surroundings = {
  terminal: Terminal;
  connection: Connection;
  probe: HubProbe;
  /** Of the hub that runs, or would run, here. */
  dataDir: string;
  listen: string;
  agentDir: string;
  intake: string;
  accessLogs: readonly AccessLogSettings[];
  /** As settings here say. */
  observesCron: boolean;
  /** Root's own file of what the hub may ask of this machine, and who knows its services. */
  allowedFile: string;
  services: ServiceManager;
  proc: string;
  sys: string;
  /** Where cron looks for commands unless a crontab says otherwise. */
  cronPath: readonly string[];
};
