/** Checks that are not well now, the worst first: what does not answer, since when, and what the probe said. */
import { Link } from "@tanstack/react-router";
import { checkSeverity, type Check } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { CheckStateMark } from "./check-state.tsx";
import { Section } from "./page.tsx";
import { Instant } from "./time.tsx";

const shown = 10;

/** Nothing if all are well. */
export function BadChecks({ checks }: { checks: readonly Check[] }) {
  const bad = checks
    .filter(({ running, state }) => running && state !== null && state !== "ok")
    .toSorted((a, b) => checkSeverity(b) - checkSeverity(a) || a.name.localeCompare(b.name));
  if (bad.length === 0) return null;
  return (
    <Section title={m.checks_not_well_title()} aside={<Link to="/checks">{m.checks_page()}</Link>}>
      <ul className="events">
        {bad.slice(0, shown).map((check) => (
          <li key={check.id}>
            <CheckStateMark check={check} />
            <p>
              <Link to="/checks/$check" params={{ check: check.id }}>
                {check.name}
              </Link>{" "}
              {check.last?.text.split("\n", 1)[0]}{" "}
              <span className="quiet small">
                {check.machine ?? m.check_by_hub()}
                {check.since !== null && (
                  <>
                    , <Instant at={check.since} />
                  </>
                )}
              </span>
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
