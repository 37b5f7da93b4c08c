/** The part of raw evidence that one run is explained from. Pure; runs in an attribution thread. */
import type { MeasuredExecutions } from "../../store/store.ts";
import { endOf } from "../run-groups.ts";
import type { ExplainQuestion, Subject } from "./fitted-model.ts";
import { sampleColumns, type RawEvidence, type RawSamples } from "./raw-evidence.ts";

/** What samples around a run say of its beginning and its end. */
export const sampleMargin = 60_000_000;

/** The runs that touch the window of the subject, and what machines did in it. */
export function sliceAround(raw: RawEvidence, subject: Subject): ExplainQuestion {
  const { runs, now } = raw;
  const window = { from: runs.startedAt[subject.row]!, to: endOf(runs, subject.row, now) };
  const rows: number[] = [];
  for (let row = 0; row < runs.length && runs.startedAt[row]! < window.to; row++)
    if (row === subject.row || endOf(runs, row, now) >= window.from) rows.push(row);
  return {
    ...raw,
    window,
    runs: chosen(runs, rows),
    samples: raw.samples && samplesWithin(raw.samples, window.from - sampleMargin, window.to + sampleMargin),
    subject: { ...subject, row: rows.indexOf(subject.row) },
  };
}

function chosen(runs: MeasuredExecutions, rows: readonly number[]): MeasuredExecutions {
  const pick = <A extends Int32Array | Uint8Array | Float32Array | Float64Array>(values: A): A => {
    const picked = values.slice(0, rows.length) as A;
    rows.forEach((row, at) => (picked[at] = values[row]!));
    return picked;
  };
  return {
    length: rows.length,
    machineId: pick(runs.machineId),
    processId: pick(runs.processId),
    kind: pick(runs.kind),
    outcome: pick(runs.outcome),
    startedAt: pick(runs.startedAt),
    endedAt: pick(runs.endedAt),
    flags: pick(runs.flags),
    part: pick(runs.part),
    cpuSeconds: pick(runs.cpuSeconds),
    ioBytes: pick(runs.ioBytes),
    peakCpuCores: pick(runs.peakCpuCores),
    peakIoBytesPerSecond: pick(runs.peakIoBytesPerSecond),
  };
}

function samplesWithin(samples: RawSamples, from: number, to: number): RawSamples {
  const inside = (_: number, at: number): boolean =>
    samples.at[at]! >= Math.floor(from / samples.step) * samples.step && samples.at[at]! < to;
  const values = { ...samples.values };
  for (const column of sampleColumns) values[column] = values[column].filter(inside);
  return {
    step: samples.step,
    machineId: samples.machineId.filter(inside),
    at: samples.at.filter(inside),
    values,
  };
}
