import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Button, NativeSelect } from "@mantine/core";
import { isNeverHeard, labelText, type Machine } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useMachines } from "../api/machines.ts";
import { useMayChange } from "../api/session.ts";
import { usePreferences } from "../preferences.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { FleetConditions } from "../ui/machine-conditions.tsx";
import { MachineGrid } from "../ui/machine-grid.tsx";
import { MachineStateMark, machineStateNames } from "../ui/outcome.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Quantity } from "../ui/quantity.tsx";
import { Answered, Empty } from "../ui/states.tsx";
import { Instant } from "../ui/time.tsx";
import { byGroup, chosen, groupsOf, labelsOf, type MachineChoice } from "./machine-choice.ts";
import { machinesSentence } from "./machines-sentence.ts";

const route = getRouteApi("/signed-in/machines");

export function MachinesPage() {
  const choice = route.useSearch();
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
        {(all) => (
          <>
            <Choice all={all} />
            <Machines machines={chosen(all, choice)} none={all.length === 0} />
          </>
        )}
      </Answered>
    </Page>
  );
}

function Machines({ machines, none }: { machines: readonly Machine[]; none: boolean }) {
  if (machines.length === 0 && !none)
    return (
      <Empty title={m.fleet_none_fit()}>
        <p>
          <Link to="/machines">{m.all_machines()}</Link>
        </p>
      </Empty>
    );
  // Of a machine without an agent the inventory alone tells.
  const groups = byGroup(machines).filter(({ machines: some }) => none || !some.every(isNeverHeard));
  return (
    <>
      <FleetConditions machines={machines} />
      {groups.map(({ group, machines: some }) => (
        <Section key={group} title={group ?? (groups.length > 1 ? m.fleet_no_group() : m.last_hour())}>
          <MachineGrid machines={some} among={machines.length} />
        </Section>
      ))}
      {machines.length > 0 && (
        <Section title={m.inventory()}>
          <DataTable
            caption={m.inventory()}
            columns={columns(machines)}
            rows={machines}
            rowKey={({ id }) => id}
            order={{ key: "name", descending: false }}
          />
        </Section>
      )}
    </>
  );
}

/** Nothing to choose where nobody has said anything of a machine. */
function Choice({ all }: { all: readonly Machine[] }) {
  const { group, label } = route.useSearch();
  const navigate = useNavigate({ from: "/machines" });
  const [groups, labels] = [groupsOf(all), labelsOf(all)];
  if (groups.length === 0 && labels.length === 0) return null;
  const choose = (some: MachineChoice) =>
    void navigate({ search: (before) => ({ ...before, ...some }), replace: true, resetScroll: false });
  return (
    <fieldset className="machine-choice">
      <legend className="visually-hidden">{m.fleet_choose()}</legend>
      {groups.length > 0 && (
        <NativeSelect
          size="xs"
          label={m.fleet_group()}
          value={group === undefined ? "all" : `=${group}`}
          data={[
            { value: "all", label: m.fleet_all_groups() },
            ...groups.map((name) => ({ value: `=${name}`, label: name })),
            { value: "=", label: m.fleet_no_group() },
          ]}
          onChange={({ currentTarget: { value } }) =>
            choose({ group: value === "all" ? undefined : value.slice(1) })
          }
        />
      )}
      {labels.length > 0 && (
        <NativeSelect
          size="xs"
          label={m.fleet_labels()}
          value={label ?? ""}
          data={[
            { value: "", label: m.fleet_any_label() },
            ...labels.map((text) => ({ value: text, label: text })),
          ]}
          onChange={({ currentTarget: { value } }) => choose({ label: value || undefined })}
        />
      )}
    </fieldset>
  );
}

function columns(machines: readonly Machine[]): Column<Machine>[] {
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
      value: (machine) =>
        isNeverHeard(machine) ? m.machine_never_heard() : machineStateNames[machine.state](),
      cell: (machine) =>
        isNeverHeard(machine) ? (
          <span className="quiet">{m.machine_never_heard()}</span>
        ) : (
          <MachineStateMark state={machine.state} />
        ),
    },
    ...(machines.some(({ group }) => group !== undefined)
      ? [{ key: "group", title: m.fleet_group(), value: ({ group }: Machine) => group ?? "" }]
      : []),
    ...(machines.some(({ labels }) => Object.keys(labels).length > 0)
      ? [
          {
            key: "labels",
            title: m.fleet_labels(),
            value: ({ labels }: Machine) => Object.entries(labels).map(labelText).toSorted().join(", "),
          },
        ]
      : []),
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
