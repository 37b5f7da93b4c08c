/** One check: how it is and since when, how much of a month it was well, and what its probes said over the last day. */
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Check } from "@culprit/protocol";
import { formatDuration } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useChecks } from "../api/checks.ts";
import { usePreferences } from "../preferences.tsx";
import { checkKindNames, CheckStateMark } from "../ui/check-state.tsx";
import { Facts } from "../ui/facts.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Answered, Empty } from "../ui/states.tsx";
import { Instant } from "../ui/time.tsx";
import { AvailabilityMonth } from "./availability-month.tsx";
import { CheckHistory } from "./check-history.tsx";

const route = getRouteApi("/signed-in/checks/$check");

export function CheckPage() {
  const { check: reference } = route.useParams();
  const checks = useChecks();
  const found = checks.data?.find(({ id, name }) => id === reference || name === reference);
  const name = found?.name ?? m.check();
  return (
    <Page
      title={
        <>
          <Link to="/checks">{m.checks_page()}</Link> › {name}
        </>
      }
      name={name}
      sentence={found ? checkSentence(found) : checks.isPending ? undefined : ""}
    >
      <Answered query={checks} height={400}>
        {() =>
          found ? (
            <>
              <CheckFacts check={found} />
              <AvailabilityMonth
                key={found.id}
                of={{ noun: "checks", id: found.id }}
                since={found.createdAt}
              />
              <CheckHistory check={found} />
            </>
          ) : (
            <Empty title={m.check_missing()} />
          )
        }
      </Answered>
    </Page>
  );
}

function CheckFacts({ check }: { check: Check }) {
  const { language } = usePreferences();
  const { since, last, machine, machineId, target, intervalSeconds } = check;
  return (
    <Section>
      <Facts
        facts={[
          [m.state(), <CheckStateMark key="" check={check} />],
          [m.check_since(), since !== null && <Instant key="" at={since} />],
          [m.check_kind(), checkKindNames[target.kind]()],
          [
            m.check_probed_by(),
            machineId === undefined ? (
              m.check_by_hub()
            ) : (
              <Link key="" to="/machines/$machine" params={{ machine: machineId }}>
                {machine}
              </Link>
            ),
          ],
          [m.check_interval_title(), formatDuration(intervalSeconds, language)],
        ]}
      />
      {last && (
        <p>
          {m.check_said()}: <span className="check-said">{last.text}</span>
        </p>
      )}
    </Section>
  );
}

function checkSentence({ name, running, state }: Check): string {
  if (!running) return m.check_is_stopped({ name });
  return state === null ? m.check_is_waiting({ name }) : stateSentences[state]({ name });
}

const stateSentences = {
  ok: m.check_is_ok,
  warning: m.check_is_warning,
  critical: m.check_is_critical,
  unknown: m.check_is_unknown,
};
