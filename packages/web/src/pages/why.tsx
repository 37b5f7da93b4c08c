import { useMemo } from "react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { formatTime, zoneLabel } from "@culprit/charts";
import type { Execution, Why } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useMachine } from "../api/machines.ts";
import { millis } from "../api/millis.ts";
import { useWhy } from "../api/why.ts";
import { MachineZone, usePreferences, useZone } from "../preferences.tsx";
import { CheckIncidentTable } from "../ui/check-incident-table.tsx";
import { Facts } from "../ui/facts.tsx";
import { kindNames } from "../ui/kind.ts";
import { DoubtfulTime, flagNames } from "../ui/care.tsx";
import { Outcome, SlowMark, verdictNames } from "../ui/outcome.tsx";
import { Marked } from "../ui/marked.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Quantity } from "../ui/quantity.tsx";
import { Failed, Loading } from "../ui/states.tsx";
import { Duration, Instant } from "../ui/time.tsx";
import { RunOutput } from "./why-output.tsx";
import { partsOf } from "./why-parts.ts";
import { WhereTheTimeWent } from "./why-shares.tsx";
import { ConcurrentTable, HostTable, OsUsageTable } from "./why-tables.tsx";
import { UsualRuns } from "./why-usual.tsx";
import { WindowPicture } from "./why-picture.tsx";

const route = getRouteApi("/signed-in/executions/$execution");

export function WhyPage() {
  const { execution: id } = route.useParams();
  const { machine } = route.useSearch();
  const why = useWhy(id, machine);
  if (!why.data)
    return (
      <Page title={m.execution()} name={m.execution()} sentence={why.isError ? "" : undefined}>
        {why.isError ? (
          <Failed error={why.error} retry={() => void why.refetch()} />
        ) : (
          <Loading height={400} />
        )}
      </Page>
    );
  return <InMachineZone why={why.data} />;
}

function InMachineZone({ why }: { why: Why }) {
  const machine = useMachine(why.execution.machineId);
  return (
    <MachineZone value={machine.data?.timeZone}>
      <Explained why={why} />
    </MachineZone>
  );
}

function Explained({ why }: { why: Why }) {
  const { execution } = why;
  const { language } = usePreferences();
  const parts = useMemo(() => partsOf(why, language), [why, language]);
  const zone = useZone();
  const name = execution.step === undefined ? execution.process : `${execution.process} › ${execution.step}`;
  return (
    <Page
      title={
        <>
          <Link to="/processes/$process" params={{ process: execution.processId }}>
            {execution.process}
          </Link>
          {execution.step !== undefined && ` › ${execution.step}`} ·{" "}
          <Instant at={execution.startedAt} absolute />
        </>
      }
      name={name}
      sentence={<Marked text={why.text} />}
    >
      <p className="verdict">
        <Outcome outcome={execution.outcome} />
        {why.deviation && <SlowMark direction={why.deviation.direction} />}
        <DoubtfulTime flags={execution.flags} />
        <span>
          {m.verdict()}: <strong>{verdictNames[why.verdict]()}</strong>
        </span>
        {why.deviation && (
          <span className="quiet">
            {why.fittedAt === null ? (
              m.culprits_not_yet()
            ) : (
              <>
                {m.culprits_analysed()} <Instant at={why.fittedAt} />
              </>
            )}
          </span>
        )}
        {why.normal && (
          <span className="quiet">
            {m.normal_of({ count: why.normal.count })} <Duration seconds={why.normal.medianSeconds} />
          </span>
        )}
        {why.normal?.since !== undefined && (
          <span className="quiet">
            {m.statistics_normal_since({ day: formatTime(millis(why.normal.since), zone, language) })}
          </span>
        )}
      </p>
      {why.deviation && parts.length > 0 && <WhereTheTimeWent parts={parts} />}
      <WindowPicture execution={execution} concurrent={why.concurrent} incidents={why.checks} />
      <Section title={m.ran_at_the_same_time()}>
        <ConcurrentTable concurrent={why.concurrent} />
      </Section>
      <Section title={m.os_processes_against_usual()}>
        <OsUsageTable usage={why.osProcesses} />
      </Section>
      <Section title={m.host_against_usual()}>
        <HostTable host={why.host} />
        {why.slowerMachine.length > 0 && (
          <>
            <p>{m.slower_machine_benchmarks()}</p>
            <ul>
              {why.slowerMachine.map(({ benchmark, text }) => (
                <li key={benchmark}>{text}</li>
              ))}
            </ul>
          </>
        )}
      </Section>
      {why.checks.length > 0 && (
        <Section title={m.why_checks()}>
          <CheckIncidentTable incidents={why.checks} caption={m.why_checks()} />
        </Section>
      )}
      <Section title={m.is_this_usual()}>
        <UsualRuns execution={execution} normal={why.normal} deviates={why.deviation !== null} />
      </Section>
      <Section title={m.about_this_run()}>
        <RunFacts execution={execution} />
        {execution.output !== undefined && <RunOutput output={execution.output} />}
      </Section>
    </Page>
  );
}

function RunFacts({ execution: run }: { execution: Execution }) {
  const { language } = usePreferences();
  const zone = useZone();
  const flags = run.flags.map((flag) => flagNames[flag]());
  return (
    <Facts
      facts={[
        [
          m.machine(),
          <Link
            key=""
            to="/machines/$machine"
            params={{ machine: run.machineId }}
            search={{ at: run.startedAt }}
          >
            {run.machine}
          </Link>,
        ],
        [
          m.part_of_run(),
          run.parentId !== undefined && (
            <Link
              key=""
              to="/executions/$execution"
              params={{ execution: run.parentId }}
              search={{ machine: run.machineId }}
            >
              {run.step === undefined ? run.parentId : run.process}
            </Link>
          ),
        ],
        [m.started(), <Instant key="" at={run.startedAt} absolute />],
        [m.ended(), run.endedAt && <Instant key="" at={run.endedAt} absolute />],
        [m.time_zone(), zoneLabel(millis(run.startedAt), zone, language)],
        [
          m.duration(),
          run.durationSeconds !== undefined && <Duration key="" seconds={run.durationSeconds} />,
        ],
        [m.kind(), kindNames[run.kind]()],
        [m.exit_code(), run.exitCode],
        [m.pid(), run.pid],
        [m.cpu_time(), run.cpuSeconds !== undefined && <Duration key="" seconds={run.cpuSeconds} />],
        [
          m.run_queue_time(),
          run.runQueueSeconds !== undefined && <Duration key="" seconds={run.runQueueSeconds} />,
        ],
        [
          m.peak_cpu(),
          run.peakCpuCores !== undefined && <Quantity key="" value={run.peakCpuCores} unit="{core}" />,
        ],
        [
          m.peak_memory(),
          run.maxRssBytes !== undefined && <Quantity key="" value={run.maxRssBytes} unit="By" />,
        ],
        [m.read(), run.ioReadBytes !== undefined && <Quantity key="" value={run.ioReadBytes} unit="By" />],
        [
          m.written(),
          run.ioWriteBytes !== undefined && <Quantity key="" value={run.ioWriteBytes} unit="By" />,
        ],
        [
          m.peak_io(),
          run.peakIoBytesPerSecond !== undefined && (
            <Quantity key="" value={run.peakIoBytesPerSecond} unit="By/s" />
          ),
        ],
        [m.read_with_care(), flags.join(", ")],
        [m.execution_id(), <code key="">{run.id}</code>],
        ...Object.entries(run.attributes ?? {}).map(([name, value]) => [name, String(value)] as const),
      ]}
    />
  );
}
