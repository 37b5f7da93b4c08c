import { Link } from "@tanstack/react-router";
import { Button } from "@mantine/core";
import type { Machine } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useMachines } from "../api/machines.ts";
import { useMayChange } from "../api/session.ts";
import { usePreferences } from "../preferences.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { MachineGrid } from "../ui/machine-grid.tsx";
import { MachineStateMark, machineStateNames } from "../ui/outcome.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Quantity } from "../ui/quantity.tsx";
import { Answered } from "../ui/states.tsx";
import { Instant } from "../ui/time.tsx";
import { machinesSentence } from "./machines-sentence.ts";

export function MachinesPage() {
  const machines = useMachines();
  const mayChange = useMayChange();
  const { language } = usePreferences();
  return (
    <Page
      title={m.machines()}
      name={m.machines()}
      actions={
        <>
          <Link to="/availability">{m.availability_page()}</Link>
          {mayChange && (
            <Button size="xs" variant="default" renderRoot={(props) => <Link to="/add-machine" {...props} />}>
              {m.fleet_add()}
            </Button>
          )}
        </>
      }
      sentence={machines.data ? machinesSentence(machines.data, language) : machines.isError ? "" : undefined}
    >
      <Answered query={machines} height={300}>
        {(items) => (
          <>
            <Section title={m.last_hour()}>
              <MachineGrid machines={items} />
            </Section>
            {items.length > 0 && (
              <Section title={m.inventory()}>
                <DataTable
                  caption={m.inventory()}
                  columns={columns()}
                  rows={items}
                  rowKey={({ id }) => id}
                  order={{ key: "name", descending: false }}
                />
              </Section>
            )}
          </>
        )}
      </Answered>
    </Page>
  );
}

function columns(): Column<Machine>[] {
  const share = (
    key: "cpuShare" | "memoryShare" | "diskShare" | "pressureShare",
    title: string,
  ): Column<Machine> => ({
    key,
    title,
    numeric: true,
    value: ({ now }) => now?.[key],
    cell: ({ now }) => <Quantity value={now?.[key]} unit="1" />,
  });
  return [
    {
      key: "name",
      title: m.machine(),
      value: ({ name }) => name,
      cell: ({ id, name }) => (
        <Link to="/machines/$machine" params={{ machine: id }}>
          {name}
        </Link>
      ),
    },
    {
      key: "state",
      title: m.state(),
      value: ({ state }) => machineStateNames[state](),
      cell: ({ state }) => <MachineStateMark state={state} />,
    },
    share("cpuShare", m.cpu()),
    share("memoryShare", m.memory()),
    share("diskShare", m.disk()),
    share("pressureShare", m.pressure()),
    { key: "cores", title: m.cores(), numeric: true, value: ({ computer }) => computer?.cpuCores },
    {
      key: "size",
      title: m.memory_size(),
      numeric: true,
      value: ({ computer }) => computer?.memoryBytes,
      cell: ({ computer }) => <Quantity value={computer?.memoryBytes} unit="By" />,
    },
    { key: "os", title: m.operating_system(), value: ({ computer }) => computer?.os ?? "" },
    {
      key: "contact",
      title: m.last_contact(),
      value: ({ lastContactAt }) => lastContactAt,
      cell: ({ lastContactAt }) => (lastContactAt === undefined ? "–" : <Instant at={lastContactAt} />),
    },
  ];
}
