/** What speaks against new work on a machine. Pure; the sentences are made of these. */
import { amongPeers, slowdownAt, usualScore, type AmongPeers, type Slowdown } from "@culprit/analysis";
import { microsPerSecond, type BenchmarkName, type FitnessReason, type Micros } from "@culprit/protocol";
import type { Load } from "./load.ts";
import type { ScoreTrend } from "./trends.ts";

/** A benchmark's trend as judged now. */
export type JudgedTrend = {
  trend: ScoreTrend;
  usual: number;
  slowdown: Slowdown | null;
  peers: (AmongPeers & { others: number }) | null;
};

export type Reason =
  | { code: "benchmark-slower"; benchmark: BenchmarkName; ratio: number; since: Micros }
  | { code: "slower-than-peers"; benchmark: BenchmarkName; ratio: number }
  | { code: "pressure"; resource: string; share: number }
  | { code: "cpu-busy" | "memory-full" | "disk-full" | "steal"; share: number }
  | { code: "not-online" };

/** Means of the last minutes above which more work would wait or fail. */
export const busyAbove = { cpu: 0.85, memory: 0.92, disk: 0.95, pressure: 0.4, steal: 0.1 };

/** A machine that was not measured for longer may have changed since. */
const oldestScore: Micros = 7 * 86_400 * microsPerSecond;

export const isRecent = ({ latestAt }: ScoreTrend, now: Micros): boolean => now - latestAt <= oldestScore;

/** `others`: the present levels of machines that should be as fast. */
export function judgeTrend(trend: ScoreTrend, others: readonly number[], now: Micros): JudgedTrend {
  const { levels, latestAt } = trend;
  const then = latestAt / microsPerSecond;
  const recent = isRecent(trend, now);
  const peers = recent ? amongPeers(levels.at(-1)!.value, others) : null;
  return {
    trend,
    usual: usualScore(levels, then),
    slowdown: recent ? slowdownAt(levels, then) : null,
    peers: peers && { ...peers, others: others.length },
  };
}

export function reasonsOf(judged: readonly JudgedTrend[], load: Load, online: boolean): Reason[] {
  const reasons: Reason[] = online ? [] : [{ code: "not-online" }];
  for (const one of judged) {
    const { trend, peers } = one;
    reasons.push(...slower([one]));
    if (peers?.slower)
      reasons.push({ code: "slower-than-peers", benchmark: trend.benchmark, ratio: peers.ratio });
  }
  // What was measured before it went is no longer so.
  return online ? [...reasons, ...busyReasons(load)] : reasons;
}

/** What became slower than it was. */
export function slower(judged: readonly JudgedTrend[]): Reason[] {
  return judged.flatMap(({ trend: { benchmark }, slowdown }) =>
    slowdown
      ? [
          {
            code: "benchmark-slower",
            benchmark,
            ratio: slowdown.ratio,
            since: Math.round(slowdown.since * microsPerSecond),
          },
        ]
      : [],
  );
}

function busyReasons({ cpu, memory, disk, pressure, steal }: Load): Reason[] {
  const reasons: Reason[] = [];
  if (cpu !== null && cpu > busyAbove.cpu) reasons.push({ code: "cpu-busy", share: cpu });
  if (memory !== null && memory > busyAbove.memory) reasons.push({ code: "memory-full", share: memory });
  if (disk !== null && disk > busyAbove.disk) reasons.push({ code: "disk-full", share: disk });
  if (pressure && pressure.share > busyAbove.pressure) reasons.push({ code: "pressure", ...pressure });
  if (steal !== null && steal > busyAbove.steal) reasons.push({ code: "steal", share: steal });
  return reasons;
}

const lasting: ReadonlySet<FitnessReason["code"]> = new Set(["benchmark-slower", "slower-than-peers"]);

/** A machine that is away can take no work at all; one that is slower remains so when it is no longer busy. */
export function stateOf(reasons: readonly Reason[]): "ok" | "degraded" | "busy" {
  if (reasons.some(({ code }) => code === "not-online")) return "busy";
  if (reasons.some(({ code }) => lasting.has(code))) return "degraded";
  return reasons.length > 0 ? "busy" : "ok";
}
