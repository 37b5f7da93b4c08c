/** A chart on a page: drawn when it comes into view, with its zone named and its data to take away. */
import { useEffect, useMemo, useRef, useState } from "react";
import { Button, Skeleton } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { IconDownload } from "@tabler/icons-react";
import { palette, toCsv, zoneLabel, type ChartContext, type CsvCell } from "@culprit/charts";
import type { MountedChart } from "@culprit/charts/engine";
import { m } from "@culprit/messages";
import { useChartContext } from "../preferences.tsx";
import { useNow } from "./now.ts";
import { downloadAddress, downloadText, fileName } from "./download.ts";

type Option = Parameters<MountedChart["draw"]>[0];

export type ChartProps<Data> = {
  title: string;
  /** What the picture shows, for whoever can't see it. */
  summary: string;
  data: Data;
  describe: (data: Data, context: ChartContext) => Option;
  csv: () => { header: string[]; rows: CsvCell[][] };
  height?: number;
  /** Charts of one group share their cross-hair. */
  group?: string;
  /** Whether the chart has times on it, whose zone must be named. */
  timed?: boolean;
  /** Whether the title stands as the heading of its section. */
  heading?: boolean;
  zone?: string | undefined;
  onInstant?: (time: number) => void;
  onItem?: (item: unknown) => void;
  /** A span of the x axis was drawn out with the mouse. */
  onSpan?: (from: number, to: number) => void;
  /** The value of the x axis under the pointer. */
  onHover?: (x: number | undefined) => void;
  /** A value of the x axis to point at, from another picture beside this one. */
  pointer?: number | undefined;
  /** The series that stands out. */
  highlighted?: number | undefined;
};

export function Chart<Data>(props: ChartProps<Data>) {
  const {
    title,
    summary,
    data,
    describe,
    csv,
    height = 180,
    group,
    timed = true,
    heading = false,
    zone,
    pointer,
    highlighted,
  } = props;
  const context = useChartContext(zone);
  const now = useNow();
  const option = useMemo(() => describe(data, context), [describe, data, context]);
  const { ref, entry } = useIntersection({ rootMargin: "200px" });
  const { element, chart, ready } = useMountedChart(entry?.isIntersecting === true, option, group);
  const [drawing, setDrawing] = useState<{ left: number; right: number }>();
  useHandlers(chart, ready, props, setDrawing);
  useEffect(() => {
    if (ready) chart.current?.pointAt(pointer);
  }, [chart, ready, pointer]);
  useEffect(() => {
    if (ready) chart.current?.highlight(highlighted);
  }, [chart, ready, highlighted]);
  const savePng = () => {
    if (chart.current)
      downloadAddress(fileName([title], "png"), chart.current.png(palette(context.theme).background));
  };
  const saveCsv = () => {
    const { header, rows } = csv();
    downloadText(fileName([title], "csv"), toCsv(header, rows));
  };
  return (
    <figure className="chart" ref={ref}>
      <figcaption>
        {heading ? <h2>{title}</h2> : <span className="chart-title">{title}</span>}
        {timed && <span className="chart-zone">{zoneLabel(now, context.zone, context.locale)}</span>}
        <span className="chart-tools">
          <DownloadButton label={m.download_csv({ chart: title })} text={m.csv()} onClick={saveCsv} />
          <DownloadButton label={m.download_png({ chart: title })} text={m.png()} onClick={savePng} />
        </span>
      </figcaption>
      <div className="chart-body" style={{ height }}>
        {!ready && <Skeleton height={height} className="chart-skeleton" />}
        {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a canvas grows in it */}
        <div ref={element} role="img" aria-label={`${title}. ${summary}`} style={{ height }} />
        {drawing && (
          <div
            className="chart-drawing"
            style={{ left: drawing.left, width: drawing.right - drawing.left }}
            aria-hidden="true"
          />
        )}
      </div>
    </figure>
  );
}

export function DownloadButton({
  label,
  text,
  onClick,
}: {
  label: string;
  text: string;
  onClick: () => void;
}) {
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      color="gray"
      aria-label={label}
      leftSection={<IconDownload size={12} aria-hidden />}
      onClick={onClick}
    >
      {text}
    </Button>
  );
}

/** Loads the engine once the chart is near the screen, then keeps the drawing up to date with the option and the size. */
function useMountedChart(near: boolean, option: Option, group: string | undefined) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<MountedChart | null>(null);
  const latest = useRef(option);
  const [wanted, setWanted] = useState(near);
  const [ready, setReady] = useState(false);
  if (near && !wanted) setWanted(true);
  useEffect(() => {
    latest.current = option;
    chart.current?.draw(option);
  }, [option]);
  useEffect(() => {
    const target = element.current;
    if (!wanted || !target) return undefined;
    let left = false;
    const resize = new ResizeObserver(() => chart.current?.resize());
    const mount = async () => {
      const { mountChart } = await import("@culprit/charts/engine");
      if (left) return;
      chart.current = mountChart(target, group);
      chart.current.draw(latest.current);
      resize.observe(target);
      setReady(true);
    };
    void mount();
    return () => {
      left = true;
      resize.disconnect();
      chart.current?.dispose();
      chart.current = null;
      setReady(false);
    };
  }, [wanted, group]);
  return { element, chart, ready };
}

type Handlers = Pick<ChartProps<unknown>, "onInstant" | "onItem" | "onSpan" | "onHover">;

function useHandlers(
  chart: { current: MountedChart | null },
  ready: boolean,
  { onInstant, onItem, onSpan, onHover }: Handlers,
  onDrawing: (span: { left: number; right: number } | undefined) => void,
): void {
  const handlers = useRef<Handlers>({});
  const spans = onSpan !== undefined;
  useEffect(() => {
    handlers.current = {
      ...(onInstant && { onInstant }),
      ...(onItem && { onItem }),
      ...(onSpan && { onSpan }),
      ...(onHover && { onHover }),
    };
  });
  useEffect(() => {
    if (!ready) return;
    chart.current?.onInstant((time) => handlers.current.onInstant?.(time));
    chart.current?.onItem((item) => handlers.current.onItem?.(item));
    chart.current?.onHover((x) => handlers.current.onHover?.(x));
    if (spans)
      chart.current?.onSpan((span, done) => {
        onDrawing(done ? undefined : span);
        if (done) handlers.current.onSpan?.(span.from, span.to);
      });
  }, [chart, ready, spans, onDrawing]);
}
