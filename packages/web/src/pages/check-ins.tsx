/** Where clients of other monitors check in: what there is, and a new one with its addresses. */
import { Link } from "@tanstack/react-router";
import type { Checkin, CheckinSignal } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useCheckins, useRemoveCheckin } from "../api/checkins.ts";
import { useMayChange } from "../api/session.ts";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Section } from "../ui/page.tsx";
import { Answered, Failed } from "../ui/states.tsx";
import { SureButton } from "../ui/sure-button.tsx";
import { Instant } from "../ui/time.tsx";
import { NewCheckIn } from "./new-check-in.tsx";

export function CheckIns() {
  const checkins = useCheckins();
  const mayChange = useMayChange();
  return (
    <Section title={m.checkins()}>
      <p>
        {m.checkins_sentence()} {m.checkins_with_machine_token()}
      </p>
      <Answered query={checkins} height={80}>
        {(rows) =>
          rows.length > 0 && (
            <DataTable
              caption={m.checkins()}
              columns={columnsOf(mayChange)}
              rows={rows}
              rowKey={({ id }) => id}
              order={{ key: "process", descending: false }}
            />
          )
        }
      </Answered>
      {mayChange && <NewCheckIn />}
    </Section>
  );
}

const signalNames: Record<CheckinSignal, () => string> = {
  start: m.checkin_signal_start,
  ok: m.checkin_signal_ok,
  failed: m.checkin_signal_failed,
  log: m.checkin_signal_log,
  heard: m.checkin_signal_heard,
};

function columnsOf(mayChange: boolean): Column<Checkin>[] {
  return [
    {
      key: "process",
      title: m.process(),
      value: ({ process }) => process,
      cell: ({ process }) => (
        <Link to="/processes/$process" params={{ process }}>
          {process}
        </Link>
      ),
    },
    { key: "machine", title: m.machine(), value: ({ machine }) => machine },
    { key: "slug", title: m.checkin_slug(), value: ({ slug }) => slug },
    {
      key: "last",
      title: m.checkin_last(),
      value: ({ lastAt }) => lastAt,
      cell: ({ lastAt }) => (lastAt === undefined ? m.checkin_never() : <Instant at={lastAt} />),
    },
    {
      key: "signal",
      title: m.checkin_signal(),
      value: ({ lastSignal }) => lastSignal && signalNames[lastSignal](),
    },
    { key: "message", title: m.checkin_message(), value: ({ message }) => message },
    ...(mayChange
      ? [
          {
            key: "remove",
            title: m.checkin_remove(),
            value: () => undefined,
            cell: (row: Checkin) => <Remove checkin={row} />,
          },
        ]
      : []),
  ];
}

/** Scripts that use the address would fail from then on. */
function Remove({ checkin: { id, process, machine } }: { checkin: Checkin }) {
  const remove = useRemoveCheckin();
  if (remove.isError) return <Failed error={remove.error} retry={() => remove.mutate(id)} />;
  return (
    <SureButton
      text={m.checkin_remove()}
      label={m.checkin_remove_of({ process, machine })}
      sure={m.checkin_remove_sure()}
      loading={remove.isPending}
      onSure={() => remove.mutate(id)}
    />
  );
}
