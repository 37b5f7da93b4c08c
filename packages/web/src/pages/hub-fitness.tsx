/** How fast the hub's own SQL is, beside what machines measure of themselves. */
import { m } from "@culprit/messages";
import { useHubBenchmarks, useRunHubBenchmarks } from "../api/fitness.ts";
import { useMayChange } from "../api/session.ts";
import { Mark } from "../ui/outcome.tsx";
import { Section } from "../ui/page.tsx";
import { Answered, Empty } from "../ui/states.tsx";
import { Benchmarks, RunNow } from "./machine-fitness.tsx";

export function HubFitness() {
  const benchmarks = useHubBenchmarks();
  const run = useRunHubBenchmarks();
  const mayRun = useMayChange();
  return (
    <Section title={m.bench_hub_title()}>
      <Answered query={benchmarks} height={80}>
        {({ benchmarks: rows, reasons }) =>
          rows.length === 0 ? (
            <Empty title={m.bench_hub_none()} />
          ) : (
            <>
              {reasons.map(({ text }) => (
                <p key={text}>
                  <Mark look="slow" text={m.bench_state_degraded()} /> {text}
                </p>
              ))}
              <Benchmarks benchmarks={rows} caption={m.bench_hub_title()} />
            </>
          )
        }
      </Answered>
      {mayRun && <RunNow run={run} note={m.bench_hub_note()} />}
    </Section>
  );
}
