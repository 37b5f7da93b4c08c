import { levelOf, NotProbed, said } from "@culprit/probes";
import type { OwnProbe } from "./own-probe.ts";

/** One file system, or the fullest. As df counts: of what users other than root may use. */
export const disk: OwnProbe<"disk"> = async (
  { mountPoint, warningPercent, criticalPercent },
  { fileSystems },
) => {
  const { fileSystems: all, silent } = await fileSystems.list();
  const full = all
    .filter((one) => mountPoint === undefined || one.mountPoint === mountPoint)
    .map((one) => ({ ...one, percent: (100 * one.usedBytes) / Math.max(1, one.usedBytes + one.freeBytes) }))
    .toSorted((a, b) => b.percent - a.percent)[0];
  if (!full)
    throw new NotProbed(
      mountPoint === undefined
        ? said("disk-none", {})
        : said(silent.includes(mountPoint) ? "disk-silent" : "disk-not-mounted", { mountPoint }),
    );
  return {
    state: levelOf(full.percent, { warning: warningPercent, critical: criticalPercent }),
    ...said("disk-used", { mountPoint: full.mountPoint, percent: full.percent }),
    numbers: [
      { label: "used", value: full.percent, unit: "%" },
      { label: "free", value: full.freeBytes, unit: "By" },
    ],
  };
};
