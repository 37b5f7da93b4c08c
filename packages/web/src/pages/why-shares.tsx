/** Where the time of a run went: the bar of its parts, and each part in words with its bounds. */
import { useState } from "react";
import { Link } from "@tanstack/react-router";
import { useComputedColorScheme } from "@mantine/core";
import { formatDuration, shareColor, sharesChart } from "@culprit/charts";
import { m } from "@culprit/messages";
import { usePreferences } from "../preferences.tsx";
import { Chart } from "../ui/chart.tsx";
import { DurationRange } from "../ui/duration-range.tsx";
import { Section } from "../ui/page.tsx";
import { Duration } from "../ui/time.tsx";
import type { RunPart } from "./why-parts.ts";

export function WhereTheTimeWent({ parts }: { parts: readonly RunPart[] }) {
  const { language } = usePreferences();
  const theme = useComputedColorScheme("light");
  const [pointed, setPointed] = useState<number>();
  return (
    <Section>
      <Chart
        heading
        title={m.where_the_time_went()}
        summary={parts
          .map((part) => `${part.name}: ${part.range ?? formatDuration(part.seconds, language)}`)
          .join("; ")}
        data={parts}
        describe={sharesChart}
        timed={false}
        height={104}
        highlighted={pointed}
        csv={() => ({
          header: [m.cause(), m.duration_seconds(), m.low(), m.high()],
          rows: parts.map(({ name, seconds, low, high }) => [name, seconds, low, high]),
        })}
      />
      <ul className="parts">
        {parts.map((part, index) => (
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- what is pointed at stands out in the picture; its words are all here
          <li
            key={`${part.kind} ${part.name}`}
            onPointerEnter={() => setPointed(index)}
            onPointerLeave={() => setPointed(undefined)}
            onFocus={() => setPointed(index)}
            onBlur={() => setPointed(undefined)}
          >
            <span
              className={part.kind === "unexplained" ? "part-color part-unexplained" : "part-color"}
              style={{ color: shareColor(parts, index, theme) }}
              aria-hidden="true"
            />
            <span className="part-name">
              <Name part={part} />
            </span>
            {part.low === undefined || part.high === undefined ? (
              <strong>
                <Duration seconds={part.seconds} />
              </strong>
            ) : (
              <DurationRange seconds={part.seconds} low={part.low} high={part.high} />
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Whoever is blamed can be looked at. */
function Name({ part: { name, processes } }: { part: RunPart }) {
  const [only, ...others] = processes;
  if (only === undefined) return name;
  if (others.length === 0)
    return (
      <Link to="/processes/$process" params={{ process: only }}>
        {name}
      </Link>
    );
  return (
    <>
      {processes.map((process, index) => (
        <span key={process}>
          {index > 0 && ", "}
          <Link to="/processes/$process" params={{ process }}>
            {process}
          </Link>
        </span>
      ))}{" "}
      <span className="quiet">{m.why_not_told_apart()}</span>
    </>
  );
}
