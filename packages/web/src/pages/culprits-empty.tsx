/** In place of a ranking: why there is none, and what can be done about it. */
import { Link } from "@tanstack/react-router";
import { Progress } from "@mantine/core";
import { m } from "@culprit/messages";
import type { Days } from "../ui/days-choice.tsx";
import { Section } from "../ui/page.tsx";
import { Empty } from "../ui/states.tsx";

/** `progress`: of the analysis under way, 0..1. */
export function NotAnalysed({ progress, hint }: { progress: number | null; hint: string }) {
  return (
    <Section>
      <Empty title={m.culprits_not_yet()}>
        {progress !== null && progress > 0 && (
          <Progress value={progress * 100} mb="xs" aria-label={m.culprits_analysing()} />
        )}
        <p>{hint}</p>
      </Empty>
    </Section>
  );
}

type NobodyAccusedProps = {
  slowRuns: number;
  /** Names of machines; empty if all have one. */
  withoutAgent: string;
  days: Days;
};

const enoughDays = 30;

export function NobodyAccused({ slowRuns, withoutAgent, days }: NobodyAccusedProps) {
  return (
    <Section>
      <Empty title={m.culprits_nobody()}>
        <p>{slowRuns === 0 ? m.culprits_nobody_none_slow() : m.culprits_nobody_slow({ count: slowRuns })}</p>
        {days < enoughDays && <p>{m.culprits_short_window()}</p>}
        {slowRuns > 0 && withoutAgent !== "" && <p>{m.culprits_agent_helps({ machines: withoutAgent })}</p>}
        {slowRuns > 0 && (
          <p>
            <Link to="/timeline" search={{ last: days * 86_400 }}>
              {m.culprits_slow_runs_link()}
            </Link>
          </p>
        )}
      </Empty>
    </Section>
  );
}
