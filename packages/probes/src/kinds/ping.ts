import { existsSync } from "node:fs";
import { levelOf } from "../thresholds.ts";
import { NotProbed, type Probe } from "../probe.ts";
import { said } from "../said.ts";
import { reach } from "../reach.ts";
import { runProgram } from "../run-program.ts";

/** ICMP takes rights that this program does not want: the system's own ping has them. */
const programs = ["/usr/bin/ping", "/bin/ping", "/sbin/ping"];
const requests = 3;

/** Three echo requests: critical if none is answered, a warning if some are not. */
export const ping: Probe<"ping"> = async (target, context) => {
  const { address } = await reach(target.host, context);
  const program = programs.find((path) => existsSync(path));
  if (!program) throw new NotProbed(said("ping-missing", {}));
  const { timeoutSeconds, signal } = context;
  const wait = String(Math.max(1, Math.ceil(timeoutSeconds - 1)));
  const parameters = ["-n", "-q", "-c", String(requests), "-i", "0.2", "-W", wait, address];
  const { output } = await runProgram(program, parameters, { timeoutSeconds, signal });
  signal.throwIfAborted();
  return judge(output, target);
};

/** Reads the summary of iputils, busybox and BSD. */
export function judge(
  output: string,
  {
    warningSeconds,
    criticalSeconds,
  }: { warningSeconds?: number | undefined; criticalSeconds?: number | undefined },
): Awaited<ReturnType<typeof ping>> {
  const loss = /([\d.]+)% packet loss/.exec(output)?.[1];
  if (loss === undefined)
    throw new NotProbed(said("ping-odd", { detail: output.trim().slice(0, 300) || "-" }));
  const average = /= [\d.]+\/([\d.]+)\//.exec(output)?.[1];
  const lost = { label: "packet loss", value: Number(loss), unit: "%" };
  if (average === undefined || lost.value >= 100)
    return { state: "critical", numbers: [lost], ...said("ping-unanswered", {}) };
  const seconds = Number(average) / 1000;
  const slow = levelOf(seconds, { warning: warningSeconds, critical: criticalSeconds });
  return {
    state: slow === "ok" && lost.value > 0 ? "warning" : slow,
    ...said("ping-answered", { seconds, lostPercent: lost.value }),
    numbers: [{ label: "round trip", value: seconds, unit: "s" }, lost],
  };
}
