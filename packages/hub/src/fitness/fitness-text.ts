/** Whether a machine is fit for new work, in one sentence of the reader's language. */
import { m } from "@culprit/messages";
import { benchmarkNames } from "@culprit/messages/benchmark-names";
import { formatInstant, type BenchmarkName } from "@culprit/protocol";
import { dayText, shareText } from "../answers/amount-text.ts";
import type { Locale } from "../answers/why-text.ts";
import { stateOf, type Reason } from "./reasons.ts";

export const benchmarkText = (benchmark: BenchmarkName, locale: Locale): string =>
  benchmarkNames[benchmark]({}, { locale });

const resources = new Map([
  ["cpu", m.bench_resource_cpu],
  ["memory", m.bench_resource_memory],
  ["io", m.bench_resource_io],
]);

export function reasonText(reason: Reason, locale: Locale, zone: string): string {
  const share = "share" in reason ? shareText(reason.share, locale) : "";
  switch (reason.code) {
    case "benchmark-slower": {
      const { benchmark, ratio, since } = reason;
      return m.bench_reason_slower(
        {
          benchmark: benchmarkText(benchmark, locale),
          share: shareText(ratio, locale),
          day: dayText(formatInstant(since), locale, zone),
        },
        { locale },
      );
    }
    case "slower-than-peers":
      return m.bench_reason_peers(
        { benchmark: benchmarkText(reason.benchmark, locale), share: shareText(reason.ratio, locale) },
        { locale },
      );
    case "pressure":
      return m.bench_reason_pressure(
        { resource: resources.get(reason.resource)?.({}, { locale }) ?? reason.resource, share },
        { locale },
      );
    case "cpu-busy":
      return m.bench_reason_cpu({ share }, { locale });
    case "memory-full":
      return m.bench_reason_memory({ share }, { locale });
    case "disk-full":
      return m.bench_reason_disk({ share }, { locale });
    case "steal":
      return m.bench_reason_steal({ share }, { locale });
    case "not-online":
      return m.bench_reason_not_online({}, { locale });
    default:
      return reason satisfies never;
  }
}

export function fitnessText(
  { machine, reasons, measured }: { machine: string; reasons: readonly Reason[]; measured: boolean },
  locale: Locale,
  zone: string,
): string {
  const inputs = { machine, reasons: reasons.map((each) => reasonText(each, locale, zone)).join("; ") };
  const state = stateOf(reasons);
  switch (state) {
    case "ok":
      return measured ? m.bench_text_ok(inputs, { locale }) : m.bench_text_unmeasured(inputs, { locale });
    case "degraded":
      return m.bench_text_degraded(inputs, { locale });
    case "busy":
      return m.bench_text_busy(inputs, { locale });
    default:
      return state satisfies never;
  }
}
