/** In place of a ranking: why there is none, and what can be done about it. */
import { Link } from "@tanstack/react-router";
import { m } from "@culprit/messages";
import { Section } from "../ui/page.tsx";
import { Empty } from "../ui/states.tsx";

export function NotAnalysed() {
  return (
    <Section>
      <Empty title={m.culprits_not_yet()}>
        <p>{m.culprits_not_yet_hint()}</p>
      </Empty>
    </Section>
  );
}

/** `withoutAgent`: names of machines; empty if all have one. */
export function NobodyAccused({ slowRuns, withoutAgent }: { slowRuns: number; withoutAgent: string }) {
  return (
    <Section>
      <Empty title={m.culprits_nobody()}>
        <p>{slowRuns === 0 ? m.culprits_nobody_none_slow() : m.culprits_nobody_slow({ count: slowRuns })}</p>
        {slowRuns > 0 && withoutAgent !== "" && <p>{m.culprits_agent_helps({ machines: withoutAgent })}</p>}
        {slowRuns > 0 && (
          <p>
            <Link to="/timeline">{m.culprits_slow_runs_link()}</Link>
          </p>
        )}
      </Empty>
    </Section>
  );
}
