import { executionOutcomes } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { Outcome, SlowMark } from "../ui/outcome.tsx";

type LegendProps = {
  /** Bars stand for many runs. */
  groups?: boolean;
  /** Some bars are shaded by what they are blamed for. */
  blame?: boolean;
  /** Starts that schedules name are drawn. */
  starts?: boolean;
  /** Some checks have lanes of their own. */
  checks?: boolean;
  /** Not all expected starts are drawn. */
  expectedCut?: boolean;
};

/** What colours, shapes and hatching mean. */
export function TimelineLegend({
  groups = false,
  blame = false,
  starts = false,
  checks = false,
  expectedCut = false,
}: LegendProps) {
  return (
    <ul className="legend" aria-label={m.legend()}>
      {executionOutcomes.map((outcome) => (
        <li key={outcome}>
          <Outcome outcome={outcome} />
        </li>
      ))}
      <li>
        <SlowMark direction="slow" />
      </li>
      <li className="mark">
        <span className="legend-hatch" aria-hidden="true" /> {m.beyond_normal_title()}
      </li>
      {blame && (
        <li className="mark">
          <span className="legend-blame" aria-hidden="true" /> {m.why_blame_legend()}
        </li>
      )}
      {starts && (
        <>
          <li className="mark">
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" className="legend-expected">
              <path d="M5.5 0h1v12h-1Z" fill="currentColor" />
            </svg>
            {m.timeline_expected()}
          </li>
          <li className="mark mark-failed">
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
              <path d="M6 1 11 6 6 11 1 6Z" fill="none" stroke="currentColor" strokeWidth="1.6" />
            </svg>
            {m.timeline_missed_mark()}
          </li>
        </>
      )}
      {checks && (
        <li className="mark mark-failed">
          <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
            <path d="M0 3h12v6h-12Z" fill="currentColor" />
          </svg>
          {m.timeline_check_legend()}
        </li>
      )}
      {expectedCut && <li>{m.timeline_expected_cut()}</li>}
      {groups && <li>{m.timeline_groups_legend()}</li>}
    </ul>
  );
}
