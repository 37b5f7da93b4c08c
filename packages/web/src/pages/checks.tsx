/** What is probed on a schedule, by the hub or by a machine: is it well, since when, and what did the probe say. */
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import type { Check } from "@culprit/protocol";
import { formatDuration } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useChecks } from "../api/checks.ts";
import { sessionQuery } from "../api/session.ts";
import { usePreferences } from "../preferences.tsx";
import { checkColumns } from "../ui/check-columns.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Answered } from "../ui/states.tsx";
import { Instant } from "../ui/time.tsx";
import { CheckActions } from "./check-actions.tsx";
import { EditCheck } from "./edit-check.tsx";
import { checksSentence } from "./checks-sentence.ts";
import { BasicChecks, NewCheck } from "./new-check.tsx";

const route = getRouteApi("/signed-in/checks");

export function ChecksPage() {
  const checks = useChecks();
  const session = useQuery(sessionQuery);
  const { language } = usePreferences();
  const { edit } = route.useSearch();
  const navigate = useNavigate({ from: "/checks" });
  const mayChange = session.data?.role === "operator" || session.data?.role === "admin";
  const edited = mayChange ? checks.data?.find(({ id }) => id === edit) : undefined;
  return (
    <Page
      title={m.checks_page()}
      name={m.checks_page()}
      sentence={checks.data ? checksSentence(checks.data, language) : checks.isError ? "" : undefined}
    >
      <Answered query={checks} height={240}>
        {(rows) =>
          rows.length > 0 && (
            <Section>
              <DataTable
                caption={m.checks_page()}
                columns={columnsOf(mayChange, language)}
                rows={rows}
                rowKey={({ id }) => id}
                order={{ key: "state", descending: true }}
              />
            </Section>
          )
        }
      </Answered>
      {edited && (
        <EditCheck
          key={edited.id}
          check={edited}
          onDone={() => void navigate({ search: {}, resetScroll: false })}
        />
      )}
      {mayChange && checks.data && (
        <>
          <BasicChecks />
          <NewCheck />
        </>
      )}
    </Page>
  );
}

function columnsOf(mayChange: boolean, language: string): Column<Check>[] {
  return [
    ...checkColumns(),
    {
      key: "machine",
      title: m.check_probed_by(),
      value: ({ machine }) => machine ?? m.check_by_hub(),
      cell: ({ machine, machineId }) =>
        machineId === undefined ? (
          m.check_by_hub()
        ) : (
          <Link to="/machines/$machine" params={{ machine: machineId }}>
            {machine}
          </Link>
        ),
    },
    {
      key: "said",
      title: m.check_said(),
      value: ({ last }) => last?.text,
      cell: ({ last }) => (last ? <span className="check-said">{firstLine(last.text)}</span> : "–"),
    },
    {
      key: "since",
      title: m.check_since(),
      value: ({ since }) => since,
      cell: ({ since }) => (since === null ? "–" : <Instant at={since} />),
    },
    {
      key: "interval",
      title: m.check_interval_title(),
      numeric: true,
      value: ({ intervalSeconds }) => intervalSeconds,
      cell: ({ intervalSeconds }) => formatDuration(intervalSeconds, language),
    },
    ...(mayChange
      ? [
          {
            key: "actions",
            title: m.check_actions(),
            value: () => undefined,
            cell: (check: Check) => <CheckActions check={check} />,
          },
        ]
      : []),
  ];
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
