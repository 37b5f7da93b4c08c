import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { NotProbed, NotWell, type Probe } from "../probe.ts";
import { messageOf, said, type Said } from "../said.ts";
import { abortable, notAllowed, reach } from "../reach.ts";

/** Well if the name has records of that type, and the one that is expected is among them. */
export const dns: Probe<"dns"> = async ({ host, record, expects, server }, context) => {
  const resolver = new Resolver({ timeout: Math.round(context.timeoutSeconds * 1000), tries: 1 });
  if (server !== undefined) {
    const { address, port } = await serverOf(server, context);
    resolver.setServers([isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`]);
  } else if (!context.mayReach(host, host)) throw new NotProbed(notAllowed(host, context.leave));
  const begun = performance.now();
  let answers: string[];
  try {
    const found = await abortable(resolver.resolve(host, record), context.signal);
    answers = [found].flat().map(textOf);
  } catch (error) {
    context.signal.throwIfAborted();
    throw new NotWell(faultOf(record, host, error));
  } finally {
    resolver.cancel();
  }
  const numbers = [
    { label: "answer", value: (performance.now() - begun) / 1000, unit: "s" },
    { label: "records", value: answers.length, unit: "" },
  ];
  const found = { record, host, answers: answers.join(", ") };
  const wanted = expects?.toLowerCase();
  if (wanted !== undefined && !answers.some((answer) => answer.toLowerCase() === wanted))
    return { state: "critical", numbers, ...said("records-without", { ...found, expected: expects! }) };
  return { state: "ok", numbers, ...said("records", found) };
};

/** By the codes of c-ares. */
function faultOf(record: string, host: string, error: unknown): Said {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOTFOUND") return said("no-such-name", { record, host });
  if (code === "ENODATA") return said("no-records", { record, host });
  return said("name-server-failed", { record, host, detail: messageOf(error) });
}

async function serverOf(
  server: string,
  context: Parameters<typeof dns>[1],
): Promise<{ address: string; port: number }> {
  const [, host = server, port = "53"] = /^(.*?)(?::(\d{1,5}))?$/.exec(isIP(server) ? "" : server) ?? [];
  const { address } = await reach(host === "" ? server : host, context);
  return { address, port: Number(port) };
}

/** As zone files write it: `10 mail.example.org`, TXT in one piece. */
function textOf(answer: unknown): string {
  if (typeof answer === "string") return answer;
  if (Array.isArray(answer)) return answer.join("");
  if (typeof answer === "object" && answer !== null && "exchange" in answer && "priority" in answer)
    return `${String(answer.priority)} ${String(answer.exchange)}`;
  return JSON.stringify(answer);
}
