/** A machine at this moment: asked of it every two seconds while this is in view. */
import { useState } from "react";
import { Button } from "@mantine/core";
import { useInViewport } from "@mantine/hooks";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import {
  liveFigures,
  liveFigureUnits,
  type LiveFigure,
  type LiveStatus,
  type Machine,
} from "@culprit/protocol";
import { formatDuration, formatNumber, formatQuantity } from "@culprit/charts";
import { m } from "@culprit/messages";
import { liveFigureNames } from "@culprit/messages/live-names";
import { useLive, type Look } from "../api/live.ts";
import { usePreferences } from "../preferences.tsx";
import { Section } from "../ui/page.tsx";
import { Sparkline } from "../ui/sparkline.tsx";
import { Answered } from "../ui/states.tsx";
import { Instant } from "../ui/time.tsx";
import { LiveDetails } from "./live-details.tsx";

export function MachineLive({ machine }: { machine: Machine }) {
  const { ref, inViewport } = useInViewport<HTMLDivElement>();
  const [paused, setPaused] = useState(false);
  const [open, setOpen] = useState(false);
  const live = useLive(machine.id, machine.connected && inViewport && !paused);
  return (
    <div ref={ref}>
      <Section
        title={m.live_title()}
        aside={
          machine.connected && (
            <>
              <span className="quiet small">{m.live_note()}</span>{" "}
              <Button
                size="compact-xs"
                variant="default"
                leftSection={
                  paused ? (
                    <IconPlayerPlay size={14} aria-hidden />
                  ) : (
                    <IconPlayerPause size={14} aria-hidden />
                  )
                }
                onClick={() => setPaused(!paused)}
              >
                {paused ? m.live_go_on() : m.live_pause()}
              </Button>
            </>
          )
        }
      >
        {machine.connected ? (
          <Answered query={live} height={190}>
            {(seen) => <Status {...seen} machine={machine} open={open} onToggle={setOpen} />}
          </Answered>
        ) : (
          <p className="quiet">{m.live_not_connected()}</p>
        )}
      </Section>
    </div>
  );
}

type StatusProps = {
  status: LiveStatus;
  looks: readonly Look[];
  machine: Machine;
  open: boolean;
  onToggle: (open: boolean) => void;
};

function Status({ status, looks, machine, open, onToggle }: StatusProps) {
  const { language } = usePreferences();
  const zone = machine.timeZone;
  return (
    <>
      <p className="quiet small">
        <Instant at={status.at} absolute {...(zone === undefined ? {} : { zone })} />
        {" · "}
        {m.live_over({ span: formatDuration(status.spanSeconds, language) })}
      </p>
      <dl className="facts live-figures">
        {liveFigures.map((figure) => (
          <Figure key={figure} figure={figure} looks={looks} />
        ))}
      </dl>
      <details
        className="disclosure"
        open={open}
        onToggle={({ currentTarget }) => onToggle(currentTarget.open)}
      >
        <summary>
          <strong className="disclosure-name">{m.live_details()}</strong>
        </summary>
        {open && <LiveDetails status={status} />}
      </details>
    </>
  );
}

/** Shares are drawn against all, amounts against the largest of the last minutes. */
function Figure({ figure, looks }: { figure: LiveFigure; looks: readonly Look[] }) {
  const { language } = usePreferences();
  const values = looks.map(({ figures }) => figures && figures[figure]);
  const now = values.at(-1) ?? null;
  const isShare = liveFigureUnits[figure] === "1" && figure !== "loadOneMinute";
  const most = isShare ? 1 : Math.max(1, ...values.map((value) => value ?? 0));
  return (
    <div>
      <dt>{liveFigureNames[figure]()}</dt>
      <dd className="figure">
        {figure === "loadOneMinute" && now !== null
          ? formatNumber(now, language)
          : formatQuantity(now, liveFigureUnits[figure], language)}
        <Sparkline values={values} max={most} />
      </dd>
    </div>
  );
}
