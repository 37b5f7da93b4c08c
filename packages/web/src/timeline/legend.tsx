import { executionOutcomes } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { Outcome, SlowMark } from "../ui/outcome.tsx";

/** What colours, shapes and hatching mean. */
export function TimelineLegend() {
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
    </ul>
  );
}
