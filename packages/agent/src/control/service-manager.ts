/** How services of this machine are asked for their state and told what to do: systemd where it runs, else init scripts. */
import { existsSync } from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Service, ServiceVerb } from "@culprit/protocol";
import { runProgram } from "@culprit/probes";
import { checkTrustedFolders, checkTrustedProgram } from "./trusted-path.ts";

export type ServiceState = Service["state"];

export type ServiceManager = {
  /** Takes no privilege. */
  states(units: readonly string[]): Promise<ServiceState[]>;
  /** Takes no privilege. */
  exists(unit: string): Promise<boolean>;
  /** Program and arguments; rejects if there is none that may be run as root. */
  command(unit: string, verb: ServiceVerb): Promise<readonly [string, ...string[]]>;
};

const askSeconds = 10;

export function serviceManager(): ServiceManager {
  return existsSync("/run/systemd/system") ? systemd() : initScripts("/etc/init.d");
}

/** `systemctl` is where the system's packages put it. */
export function systemd(
  systemctl = existsSync("/usr/bin/systemctl") ? "/usr/bin/systemctl" : "/bin/systemctl",
): ServiceManager {
  return {
    async states(units) {
      if (units.length === 0) return [];
      // A line for each; the exit status only says whether all are active.
      const { stdout } = await runProgram(systemctl, ["is-active", "--", ...units], {
        timeoutSeconds: askSeconds,
      });
      const lines = stdout.split("\n");
      return units.map((_, index) => stateOfWord(lines[index] ?? ""));
    },
    async exists(unit) {
      const asked = ["show", "--property=LoadState", "--", unit];
      const { stdout } = await runProgram(systemctl, asked, { timeoutSeconds: askSeconds });
      return /^LoadState=(?!not-found)/m.test(stdout);
    },
    async command(unit, verb) {
      const program = await realpath(systemctl);
      await checkTrustedProgram(program);
      return [program, "--no-ask-password", "--no-pager", verb, "--", unit];
    },
  };
}

function stateOfWord(word: string): ServiceState {
  if (word === "active" || word === "reloading") return "running";
  if (word === "inactive") return "stopped";
  return word === "failed" ? "failed" : "unknown";
}

/** Scripts by the conventions of the Linux Standard Base. `owner`: who may own them beside root, for tests. */
export function initScripts(folder: string, owner = 0): ServiceManager {
  const trusted = async (unit: string): Promise<string> => {
    const script = join(await realpath(folder), unit);
    await checkTrustedFolders(script, owner);
    await checkTrustedProgram(await realpath(script), owner);
    return script;
  };
  const state = async (unit: string): Promise<ServiceState> => {
    // Of a name that nobody here has listed the hub can ask, too.
    const script = await trusted(unit);
    if (!knowsStatus(await readFile(script, "latin1"))) return "unknown";
    const { exitCode } = await runProgram(script, ["status"], { timeoutSeconds: askSeconds });
    // 1 and 2: dead, but it left its pid or lock file; others: the script does not know.
    if (exitCode === 1 || exitCode === 2) return "failed";
    return exitCode === 0 ? "running" : exitCode === 3 ? "stopped" : "unknown";
  };
  return {
    async states(units) {
      const states: ServiceState[] = [];
      for (const unit of units) states.push(await state(unit).catch(() => "unknown" as const));
      return states;
    },
    exists: async (unit) => existsSync(join(folder, unit)),
    command: async (unit, verb) => [await trusted(unit), verb],
  };
}

/**
 * A script that never looks at what it is told does its work whatever it is asked (`rcS` starts the whole system): it says the
 * word, or leaves the question to a program that knows it, as one that stands before another script does.
 */
function knowsStatus(script: string): boolean {
  return /\b(?:status|init-d-script|openrc-run|runscript)\b|^\s*exec\b.*"\$@"/m.test(script);
}
