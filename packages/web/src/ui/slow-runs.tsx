/** The slow runs that matter most, each with the sentence that explains it. Explanations are asked once they are in view. */
import { Link } from "@tanstack/react-router";
import { useIntersection } from "@mantine/hooks";
import type { DeviatingExecution } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useWhys } from "../api/why.ts";
import { Marked } from "./marked.tsx";
import { verdictNames } from "./outcome.tsx";
import { Duration, Instant } from "./time.tsx";

export function SlowRuns({ runs }: { runs: readonly DeviatingExecution[] }) {
  const { ref, entry } = useIntersection<HTMLUListElement>();
  const whys = useWhys(
    runs.map(({ execution }) => execution),
    entry?.isIntersecting === true,
  );
  return (
    <ul className="slow-runs" ref={ref}>
      {runs.map(({ execution: { id, machineId, machine, process, startedAt }, excessSeconds }, index) => {
        const why = whys[index]?.data;
        return (
          <li key={`${machineId} ${id}`}>
            <p className="slow-run-head">
              <Link to="/executions/$execution" params={{ execution: id }} search={{ machine: machineId }}>
                {process}
              </Link>
              <strong>
                +<Duration seconds={excessSeconds} />
              </strong>
              <span className="quiet small">
                {machine}, <Instant at={startedAt} />
              </span>
              {why && (
                <span className="quiet small">
                  {m.verdict()}: {verdictNames[why.verdict]()}
                </span>
              )}
            </p>
            <p className="small slow-run-why">
              {why ? <Marked text={why.text} /> : <span className="quiet">{m.loading()}</span>}
            </p>
          </li>
        );
      })}
    </ul>
  );
}
