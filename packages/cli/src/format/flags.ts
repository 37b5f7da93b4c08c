/** Why a record should be read with care, in words. */
import { m } from "@culprit/messages";
import type { Execution, ExecutionFlag } from "@culprit/protocol";
import type { Column } from "./table.ts";

const texts: Record<ExecutionFlag, () => string> = {
  future: m.flag_future,
  "clock-skew": m.flag_clock_skew,
  "name-cleaned": m.flag_name_cleaned,
  "name-grouped": m.flag_name_grouped,
  observed: m.flag_observed,
  "ambiguous-time": m.flag_ambiguous_time,
  "duration-unknown": m.flag_duration_unknown,
  sampled: m.flag_sampled,
  "use-implausible": m.flag_use_implausible,
};

/** `Read with care: ...`; empty for a record without flags. */
export function careLine({ flags }: Pick<Execution, "flags">): string {
  if (flags.length === 0) return "";
  return `${m.read_with_care()}: ${flags.map((flag) => texts[flag]()).join("; ")}`;
}

/** The flags' own names, where a row has any. */
export function flagColumns(rows: readonly Execution[]): Column<Execution>[] {
  if (rows.every(({ flags }) => flags.length === 0)) return [];
  return [
    { title: m.cmd_col_flags(), cell: ({ flags }) => flags.join(", "), colour: () => "yellow", shrinkTo: 10 },
  ];
}
