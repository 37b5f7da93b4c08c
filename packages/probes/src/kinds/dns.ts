import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { NotProbed, NotWell, type Probe } from "../probe.ts";
import { abortable, reach } from "../reach.ts";

/** Well if the name has records of that type, and the one that is expected is among them. */
export const dns: Probe<"dns"> = async ({ host, record, expects, server }, context) => {
  const resolver = new Resolver({ timeout: Math.round(context.timeoutSeconds * 1000), tries: 1 });
  if (server !== undefined) {
    const { address, port } = await serverOf(server, context);
    resolver.setServers([isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`]);
  } else if (!context.mayReach(host, host))
    throw new NotProbed(`${host} may not be asked for from here: ${context.leave}`);
  const begun = performance.now();
  let answers: string[];
  try {
    const found = await abortable(resolver.resolve(host, record), context.signal);
    answers = [found].flat().map(textOf);
  } catch (error) {
    context.signal.throwIfAborted();
    throw new NotWell(`${record} of ${host}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    resolver.cancel();
  }
  const numbers = [
    { label: "answer", value: (performance.now() - begun) / 1000, unit: "s" },
    { label: "records", value: answers.length, unit: "" },
  ];
  const said = `${record} of ${host}: ${answers.join(", ")}`;
  const wanted = expects?.toLowerCase();
  if (wanted !== undefined && !answers.some((answer) => answer.toLowerCase() === wanted))
    return { state: "critical", text: `${said}; ${expects} is not among them`, numbers };
  return { state: "ok", text: said, numbers };
};

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
