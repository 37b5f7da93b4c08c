import { homedir } from "node:os";
import { join } from "node:path";

/** Where `culprit token save` keeps hub and token of this user. */
export function credentialsFile(environment: NodeJS.ProcessEnv): string {
  const base = environment["XDG_CONFIG_HOME"] || join(environment["HOME"] || homedir(), ".config");
  return join(base, "culprit", "credentials");
}
