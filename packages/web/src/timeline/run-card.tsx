/** One run in words: beside the pointer, and for the screen reader. */
import { formatDuration, formatTime } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useChartContext } from "../preferences.tsx";
import { DoubtfulTime, doubtfulTime } from "../ui/care.tsx";
import { Outcome, SlowMark, outcomeNames } from "../ui/outcome.tsx";
import type { Point } from "./gestures.ts";
import type { Run } from "./run.ts";

const cardWidth = 250;

/** Beside the pointer, within the picture. */
export function cardPlace({ x, y }: Point, width: number): { left: number; top: number; width: number } {
  return { left: Math.max(4, Math.min(x + 14, width - cardWidth - 4)), top: y + 16, width: cardWidth };
}

export function RunCard({
  run,
  point,
  width,
  zone,
}: {
  run: Run;
  point: Point;
  width: number;
  zone?: string | undefined;
}) {
  const { locale, zone: shown } = useChartContext(zone);
  const style = cardPlace(point, width);
  if (run.group) return <GroupCard run={run} style={style} />;
  const beyond = run.normalEnd === undefined ? undefined : (run.end - run.normalEnd) / 1000;
  return (
    <div className="run-card" style={style} aria-hidden="true">
      <strong>{run.step === undefined ? run.process : `${run.process} › ${run.step}`}</strong>
      <span className="quiet">{run.machine}</span>
      <span className="figure">{formatTime(run.start, shown, locale)}</span>
      <span className="figure">
        {formatDuration(lasted(run), locale)} <Outcome outcome={run.outcome} />
      </span>
      <DoubtfulTime flags={run.flags} />
      {run.blame && <span className="mark-slow">{m.why_blamed({ lost: run.blame.lost })}</span>}
      {run.deviation && (
        <span>
          <SlowMark direction={run.deviation} />{" "}
          {beyond !== undefined && m.beyond_normal({ duration: formatDuration(beyond, locale) })}
        </span>
      )}
    </div>
  );
}

function GroupCard({ run, style }: { run: Run; style: { left: number; top: number; width: number } }) {
  return (
    <div className="run-card" style={style} aria-hidden="true">
      <strong>{run.step === undefined ? run.process : `${run.process} › ${run.step}`}</strong>
      <span className="quiet">{run.machine}</span>
      <GroupFigures run={run} />
    </div>
  );
}

function GroupFigures({ run: { start, end, group } }: { run: Run }) {
  const { locale, zone } = useChartContext();
  if (!group) return null;
  return (
    <>
      <span className="figure">
        {formatTime(start, zone, locale)} – {formatTime(end, zone, locale)}
      </span>
      <span>{m.timeline_group({ count: group.runs, failed: group.failed })}</span>
      <span>
        {m.timeline_mean()}: {formatDuration(group.busySeconds / group.runs, locale)}
      </span>
    </>
  );
}

/** Seconds, until now for a run that goes on. */
export function lasted({ start, end }: Pick<Run, "start" | "end">): number {
  return Math.max(0, (Math.min(end, Date.now()) - start) / 1000);
}

export function useRunSentence(run: Run | undefined, zone: string | undefined): string {
  const { locale, zone: shown } = useChartContext(zone);
  if (!run) return "";
  if (run.group)
    return m.timeline_group_sentence({
      process: run.step === undefined ? run.process : `${run.process} ${run.step}`,
      machine: run.machine,
      time: formatTime(run.start, shown, locale),
      runs: m.timeline_group({ count: run.group.runs, failed: run.group.failed }),
    });
  const values = {
    process: run.step === undefined ? run.process : `${run.process} ${run.step}`,
    machine: run.machine,
    time: formatTime(run.start, shown, locale),
    duration: formatDuration(lasted(run), locale),
    outcome: outcomeNames[run.outcome](),
  };
  const sentence = run.deviation === "slow" ? m.run_sentence_slow(values) : m.run_sentence(values);
  const doubt = doubtfulTime(run.flags);
  return [
    sentence,
    ...(run.blame ? [`${m.why_blamed({ lost: run.blame.lost })}.`] : []),
    ...(doubt === "" ? [] : [`${m.read_with_care()}: ${doubt}.`]),
  ].join(" ");
}
