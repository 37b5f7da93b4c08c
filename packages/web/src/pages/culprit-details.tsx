/** One culprit, opened to its victims: what each lost, from how many runs that is known, and the pictures behind it. */
import { useState } from "react";
import { Link } from "@tanstack/react-router";
import { Button } from "@mantine/core";
import type { Culprit, Victim } from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Days } from "../ui/days-choice.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { machineColumn, processColumn } from "../ui/process-columns.tsx";
import { DurationRange } from "../ui/duration-range.tsx";
import { Facts } from "../ui/facts.tsx";
import { Marked } from "../ui/marked.tsx";
import { SmallShare } from "../ui/small-share.tsx";
import { Duration } from "../ui/time.tsx";
import { VictimPicture } from "./victim-picture.tsx";

type CulpritDetailsProps = {
  culprit: Culprit;
  days: Days;
  open: boolean;
  onToggle: (open: boolean) => void;
};

const picturesAtFirst = 2;

export const basisNames: Record<Culprit["basis"], () => string> = {
  samples: m.culprits_basis_samples,
  log: m.culprits_basis_log,
};

/** Of the element, for whoever leads to it. */
export const detailsId = (processId: string): string => `culprit-${processId}`;

export function CulpritDetails({ culprit, days, open, onToggle }: CulpritDetailsProps) {
  const { process, processId, causedSeconds, low, high, victims, machines } = culprit;
  return (
    <details
      className="disclosure"
      id={detailsId(processId)}
      open={open}
      onToggle={({ currentTarget }) => onToggle(currentTarget.open)}
    >
      <summary>
        <strong className="disclosure-name">{process}</strong>
        <DurationRange seconds={causedSeconds} low={low} high={high} />
        <span className="quiet small">
          {m.culprits_victims_count({ count: victims.length, machines: machines.join(", ") })}
        </span>
      </summary>
      {open && <Evidence culprit={culprit} days={days} />}
    </details>
  );
}

function Evidence({ culprit, days }: { culprit: Culprit; days: Days }) {
  const { process, processId, victims, basis, machines, text } = culprit;
  const [all, setAll] = useState(false);
  const pictured = victims.filter(({ relativeDurations }) => relativeDurations.length > 0);
  const shown = all ? pictured : pictured.slice(0, picturesAtFirst);
  return (
    <div className="disclosure-body">
      <p>
        <Marked text={text} />
      </p>
      <Facts
        facts={[
          [m.culprits_basis(), basisNames[basis]()],
          [m.machines(), machines.join(", ")],
        ]}
      />
      <p className="links">
        <Link to="/processes/$process" params={{ process: processId }} search={{ days }}>
          {m.culprits_about_process()}
        </Link>
        <Link to="/timeline" search={{ process: processId, last: days * 86_400 }}>
          {m.culprits_runs_on_timeline()}
        </Link>
      </p>
      <VictimTable victims={victims} caption={m.culprits_victims()} />
      <div className="pictures">
        {shown.map((victim) => (
          <VictimPicture key={placeKey(victim)} victim={victim} culprit={process} />
        ))}
      </div>
      {shown.length < pictured.length && (
        <Button size="xs" variant="default" mt="xs" onClick={() => setAll(true)}>
          {m.culprits_more_pictures()}
        </Button>
      )}
    </div>
  );
}

export function VictimTable({ victims, caption }: { victims: readonly Victim[]; caption: string }) {
  return (
    <DataTable
      caption={caption}
      columns={columns()}
      rows={victims}
      rowKey={placeKey}
      order={{ key: "lost", descending: true }}
      atFirst={10}
    />
  );
}

const placeKey = ({ processId, machineId }: Victim) => `${machineId} ${processId}`;

function columns(): Column<Victim>[] {
  const count = (key: string, title: string, value: (victim: Victim) => number): Column<Victim> => ({
    key,
    title,
    numeric: true,
    value,
  });
  const duration = (key: string, title: string, value: (victim: Victim) => number): Column<Victim> => ({
    ...count(key, title, value),
    cell: (victim) => <Duration seconds={value(victim)} />,
  });
  return [
    processColumn("victim", m.culprits_victim()),
    machineColumn(),
    {
      key: "lost",
      title: m.culprits_lost(),
      numeric: true,
      value: ({ seconds }) => seconds,
      cell: ({ seconds }) => (
        <strong>
          <Duration seconds={seconds} />
        </strong>
      ),
    },
    duration("low", m.culprits_low(), ({ low }) => low),
    duration("high", m.culprits_high(), ({ high }) => high),
    duration("slowdown", m.culprits_slowdown(), ({ slowdownPerSecond }) => slowdownPerSecond),
    count("exposed", m.culprits_exposed(), ({ exposedRuns }) => exposedRuns),
    count("unexposed", m.culprits_unexposed(), ({ unexposedRuns }) => unexposedRuns),
    {
      key: "q",
      title: m.culprits_q(),
      numeric: true,
      value: ({ q }) => q,
      cell: ({ q }) => <SmallShare share={q} />,
    },
  ];
}
