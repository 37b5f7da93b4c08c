/** What the analysis leaves open, and says so: pairs with too few runs, and processes that nothing tells from others or from the weekday. */
import { Link } from "@tanstack/react-router";
import type { NotEnough, NotSeparable, PlacedProcess } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { DurationRange } from "../ui/duration-range.tsx";
import { Marked } from "../ui/marked.tsx";
import { Section } from "../ui/page.tsx";

export function NotSeparableList({ items }: { items: readonly NotSeparable[] }) {
  return (
    <Section title={m.culprits_not_separable()}>
      <p className="quiet small">{m.culprits_not_separable_hint()}</p>
      <ul className="open-questions">
        {items.map((item) => (
          <li key={`${item.reason} ${item.processes.map(placeKey).join()}`}>
            <Together item={item} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Together({
  item: { processes, victims, experiment, text, seconds, low, high },
}: {
  item: NotSeparable;
}) {
  const { processId, machineId, shiftSeconds } = experiment;
  return (
    <>
      <p>
        <Places places={processes} /> <DurationRange seconds={seconds} low={low} high={high} />
      </p>
      <p>
        <Marked text={text} />
      </p>
      <p className="links">
        <Link to="/schedule" search={{ moves: [{ process: processId, machine: machineId, shiftSeconds }] }}>
          {m.culprits_experiment_try()}
        </Link>
        <span>
          {m.culprits_victims()}: <Places places={victims} />
        </span>
      </p>
    </>
  );
}

function Places({ places }: { places: readonly PlacedProcess[] }) {
  return places.map((place, index) => (
    <span key={placeKey(place)}>
      {index > 0 && ", "}
      <Link to="/processes/$process" params={{ process: place.processId }}>
        {place.process}
      </Link>{" "}
      <span className="quiet">({place.machine})</span>
    </span>
  ));
}

export function NotEnoughList({ items }: { items: readonly NotEnough[] }) {
  return (
    <Section title={m.culprits_not_enough()}>
      <p className="quiet small">{m.culprits_not_enough_hint()}</p>
      <DataTable
        caption={m.culprits_not_enough()}
        columns={notEnoughColumns()}
        rows={items}
        rowKey={({ suspect, victim }) => `${placeKey(suspect)} ${placeKey(victim)}`}
        order={{ key: "exposed", descending: true }}
        atFirst={8}
      />
    </Section>
  );
}

function notEnoughColumns(): Column<NotEnough>[] {
  return [
    {
      key: "suspect",
      title: m.culprits_suspect(),
      value: ({ suspect }) => `${suspect.process} (${suspect.machine})`,
      cell: ({ suspect }) => <Places places={[suspect]} />,
    },
    {
      key: "victim",
      title: m.culprits_victim(),
      value: ({ victim }) => `${victim.process} (${victim.machine})`,
      cell: ({ victim }) => <Places places={[victim]} />,
    },
    {
      key: "exposed",
      title: m.culprits_exposed(),
      numeric: true,
      value: ({ exposedRuns }) => exposedRuns,
    },
    {
      key: "unexposed",
      title: m.culprits_unexposed(),
      numeric: true,
      value: ({ unexposedRuns }) => unexposedRuns,
    },
  ];
}

const placeKey = ({ processId, machineId }: PlacedProcess) => `${machineId} ${processId}`;
