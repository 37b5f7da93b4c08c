/** The script behind the pasted line: the one in `sh/`, with this hub's address, version and checksums put in. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ProblemError, type AgentFile } from "@culprit/protocol";
import type { FastifyRequest } from "fastify";
import type { HubSettings } from "../settings.ts";
import { hubVersion } from "../version.ts";

/** From the sources and from the build alike. */
const template = join(import.meta.dirname, "../../sh/install.sh");

/** A name, an IPv4 or a bracketed IPv6 address, and a port: nothing that a shell, or YAML, would read as more. */
const host = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?`;
const origin = new RegExp(`^https?://${host}$`);
const checksum = /^[0-9a-f]{64} {2}[a-z0-9.-]+$/;

/** Where machines reach this hub: what its settings say, else what this request was sent to. */
export function hubOrigin(settings: HubSettings, request: Pick<FastifyRequest, "protocol" | "host">): string {
  const found = settings.publicUrl
    ? new URL(settings.publicUrl).origin
    : `${request.protocol}://${request.host}`;
  if (!origin.test(found)) throw new ProblemError("invalid-request", "the Host header is no address");
  return found;
}

/** Every value is looked at again here, at the sink: what does not have the form that is quoted is an error, not a script. */
export async function installScript(hub: string, files: readonly AgentFile[]): Promise<string> {
  const sums = files.map(({ sha256, name }) => `${sha256}  ${name}`);
  if (!origin.test(hub) || !sums.every((sum) => checksum.test(sum)))
    throw new Error("the install script can't be made of this");
  const values: Record<string, string> = { hub, version: hubVersion, sums: sums.join("\n") };
  const text = await readFile(template, "utf8");
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name]!);
}
