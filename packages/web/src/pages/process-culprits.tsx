/** Of one process: who slows it down, and whom it slows down. */
import { Link } from "@tanstack/react-router";
import type { Culprits } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useCulprits } from "../api/culprits.ts";
import { DurationRange } from "../ui/duration-range.tsx";
import { Section } from "../ui/page.tsx";
import { Answered } from "../ui/states.tsx";
import { VictimTable } from "./culprit-details.tsx";
import { openOf, suspectsOf, victimsOf } from "./process-blame.ts";

type ProcessCulpritsProps = { process: string; machine: string | undefined };

/** From the latest analysis, whatever window the page shows: a day or a week holds too little evidence. */
export function ProcessCulprits({ process, machine }: ProcessCulpritsProps) {
  const where = machine === undefined ? {} : { machine };
  const suffered = useCulprits(undefined, { victim: process, ...where });
  const done = useCulprits(undefined, { process, ...where });
  return (
    <div className="side-by-side">
      <Section title={m.process_slowed_by()} aside={<Link to="/culprits">{m.culprits()}</Link>}>
        <Answered query={suffered} height={80}>
          {(answer) => <Suspects answer={answer} process={process} />}
        </Answered>
      </Section>
      <Section title={m.process_slows()}>
        <Answered query={done} height={80}>
          {(answer) => <Victims answer={answer} process={process} />}
        </Answered>
      </Section>
    </div>
  );
}

type OfProcess = { answer: Culprits; process: string };

function Suspects({ answer, process }: OfProcess) {
  const suspects = suspectsOf(answer, process);
  if (answer.fittedAt === null) return <p className="quiet">{m.culprits_not_yet()}</p>;
  const { together, tooFew } = openOf(answer, process);
  return (
    <>
      {suspects.length === 0 ? (
        <p className="quiet">{m.process_slowed_by_nobody()}</p>
      ) : (
        <ul className="blames">
          {suspects.map(({ culprit, victim }) => (
            <li key={`${culprit.processId} ${victim.machineId}`}>
              <Link to="/processes/$process" params={{ process: culprit.processId }}>
                {culprit.process}
              </Link>{" "}
              <DurationRange seconds={victim.seconds} low={victim.low} high={victim.high} />{" "}
              <span className="quiet small">
                {m.process_blame_runs({ count: victim.exposedRuns, machine: victim.machine })}
              </span>{" "}
              <Link className="small" to="/culprits" search={{ open: culprit.processId }}>
                {m.process_evidence()}
              </Link>
            </li>
          ))}
        </ul>
      )}
      {together > 0 && <p className="quiet small">{m.process_not_separable({ count: together })}</p>}
      {tooFew > 0 && <p className="quiet small">{m.process_not_enough({ count: tooFew })}</p>}
    </>
  );
}

function Victims({ answer, process }: OfProcess) {
  if (answer.fittedAt === null) return <p className="quiet">{m.culprits_not_yet()}</p>;
  const victims = victimsOf(answer, process);
  return victims.length === 0 ? (
    <p className="quiet">{m.process_slows_nobody()}</p>
  ) : (
    <VictimTable victims={victims} caption={m.process_slows()} />
  );
}
