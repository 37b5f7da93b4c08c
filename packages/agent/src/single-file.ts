/**
 * The agent as the single file that hubs serve: watches this machine until a signal comes; `enroll` only gets and keeps
 * the machine's token. Settings come from the file that
 * CULPRIT_CONFIG names and from the environment.
 */
import { randomInt } from "node:crypto";
import { isChild } from "./benchmarks/child-program.ts";
import { systemClock } from "./clock.ts";
import { standardErrorLog } from "./log.ts";
import { machineToken } from "./machine-token/machine-token.ts";
import { failureStatus, runAgent, settingsFromEnvironment } from "./run-agent.ts";
import { agentSettings, checkHub, readCertificates } from "./settings.ts";
import { hubConnections } from "./uplink/hub-fetch.ts";
import { agentVersion } from "./version.ts";

/** Someone waits for the answer. */
const enrolWithinSeconds = 60;

async function enroll(): Promise<number> {
  const settings = agentSettings.parse(await settingsFromEnvironment(process.env));
  checkHub(settings);
  const connections = hubConnections(readCertificates(settings));
  try {
    const random = () => randomInt(2 ** 47) / 2 ** 47;
    const options = {
      settings,
      fetch: connections.fetch,
      clock: systemClock,
      random,
      log: standardErrorLog,
    };
    const token = await machineToken(options, AbortSignal.timeout(enrolWithinSeconds * 1000));
    if (token !== null) return 0;
    standardErrorLog.error(`the hub did not answer within ${enrolWithinSeconds} seconds`);
    return 1;
  } finally {
    connections.close();
  }
}

async function main(what: string | undefined): Promise<number> {
  if (what === undefined || what === "run") return runAgent(await settingsFromEnvironment(process.env));
  if (what === "enroll") return enroll();
  if (what === "--version") {
    process.stdout.write(`${agentVersion}\n`);
    return 0;
  }
  process.stderr.write("usage: culprit-agent [run | enroll | --version]\n");
  return 2;
}

if (isChild(process.argv)) await import("./benchmarks/child.ts");
else process.exit(await main(process.argv[2]).catch(failureStatus));
