/** What a machine's agent checks: the state of each, since when, and what the probe said. */
import type { Check } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useChecks } from "../api/checks.ts";
import { checkColumns } from "../ui/check-columns.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Section } from "../ui/page.tsx";
import { Instant } from "../ui/time.tsx";

/** Nothing for a machine without checks. */
export function MachineChecks({ machine }: { machine: string }) {
  const checks = useChecks();
  const own = (checks.data ?? []).filter(({ machineId }) => machineId === machine);
  if (own.length === 0) return null;
  return (
    <Section title={m.checks_page()}>
      <DataTable
        caption={m.checks_page()}
        columns={columns()}
        rows={own}
        rowKey={({ id }) => id}
        order={{ key: "state", descending: true }}
        atFirst={12}
      />
    </Section>
  );
}

function columns(): Column<Check>[] {
  return [
    ...checkColumns(),
    { key: "said", title: m.check_said(), value: ({ last }) => last?.text.split("\n", 1)[0] },
    {
      key: "since",
      title: m.check_since(),
      value: ({ since }) => since,
      cell: ({ since }) => (since === null ? "–" : <Instant at={since} />),
    },
  ];
}
