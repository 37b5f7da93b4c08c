/** The timeline on a page: holds what is hovered, focused and in view, and draws a frame only when one of them changes. */
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useElementSize } from "@mantine/hooks";
import { zoneLabel } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useChartContext } from "../preferences.tsx";
import { useNow } from "../ui/now.ts";
import { topHeight, turnerWidth, type Scene } from "./draw.ts";
import { listen, type Point } from "./gestures.ts";
import { busyOf } from "./heat.ts";
import { itemAt, laneAt } from "./hit.ts";
import { IncidentCard, useIncidentSentence } from "./incident-card.tsx";
import { commandOf } from "./keys.ts";
import { buildLanes, isIncident, itemsOf, lanesHeight, type Item, type Lane } from "./lanes.ts";
import { useLiveView } from "./live-view.ts";
import type { CheckMarks, Marks } from "./marks.ts";
import { useRedraw } from "./redraw.ts";
import { RunCard, useRunSentence } from "./run-card.tsx";
import type { Run } from "./run.ts";
import { panned, revealed, toTime, zoomed, type View } from "./view.ts";
import { walked } from "./walk.ts";

export type TimelineProps = {
  runs: readonly Run[];
  view: View;
  /** A picture without it stands still: the wheel and drags belong to the page. */
  onView?: (view: View) => void;
  onHome?: () => void;
  onOpen: (run: Run) => void;
  onOpenCheck?: (checkId: string) => void;
  onLane?: (lane: Lane) => void;
  selection?: View | undefined;
  onSelect?: (span: View | undefined) => void;
  shaded?: View | undefined;
  instant?: number | undefined;
  /** The time under the pointer, for pictures on the same axis. */
  onTime?: (time: number | undefined) => void;
  steps?: boolean;
  marks?: readonly Marks[];
  checks?: readonly CheckMarks[];
  /** Whether lanes stand under a heading per machine. */
  machines?: boolean;
  /** The machine whose lanes come first. */
  foremost?: string | undefined;
  label: string;
  zone?: string | undefined;
  maxHeight: number;
  /** Pixels left and right of the plot; by default room for names. */
  margins?: { left: number; right: number };
};

const noneFolded: ReadonlySet<string> = new Set();

export function Timeline(props: TimelineProps) {
  const {
    runs,
    view,
    steps = false,
    marks,
    checks,
    machines = true,
    foremost,
    label,
    zone,
    maxHeight,
    margins,
  } = props;
  const context = useChartContext(zone);
  const keys = useId();
  const now = useNow();
  const [folded, setFolded] = useState(noneFolded);
  const [turned, setTurned] = useState(noneFolded);
  const lanes = useMemo(
    () =>
      buildLanes(runs, {
        steps,
        turned,
        folded,
        machines,
        foremost,
        ...(marks ? { marks } : {}),
        ...(checks ? { checks } : {}),
      }),
    [runs, steps, turned, marks, checks, folded, machines, foremost],
  );
  const busy = useMemo(() => busyOf(runs), [runs]);
  const { ref: box, width } = useElementSize<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hover, setHover] = useState<{ item: Item; point: Point }>();
  const [focused, setFocused] = useState<Item>();
  const [selecting, setSelecting] = useState<View>();
  const gutter = margins?.left ?? Math.round(Math.min(200, Math.max(92, width * 0.2)));
  const rightMargin = margins?.right ?? 8;
  const plot = Math.max(1, width - gutter - rightMargin);
  const total = topHeight + lanesHeight(lanes) + 6;
  const height = Math.min(maxHeight, Math.max(total, topHeight + 30));

  const [shown, move] = useLiveView(view, props.onView);
  const scene = useRef<Scene | undefined>(undefined);
  const redraw = useRedraw(canvas, scene, context);
  useEffect(() => {
    scene.current = {
      lanes,
      busy,
      view: shown,
      width,
      height,
      density: window.devicePixelRatio || 1,
      gutter,
      rightMargin,
      scrollTop: scroller.current?.scrollTop ?? 0,
      now,
      hovered: hover?.item.key,
      focused: focused?.key,
      selection: selecting ?? props.selection,
      shaded: props.shaded,
      instant: props.instant,
    };
    redraw();
  });
  const atPoint = (point: Point) => ({
    x: point.x - gutter,
    y: point.y - topHeight + (scroller.current?.scrollTop ?? 0),
  });
  const open = (item: Item) => (isIncident(item) ? props.onOpenCheck?.(item.checkId) : props.onOpen(item));
  const handlers = {
    hover: (point: Point | undefined) => {
      const item = point && point.y > topHeight ? itemAt(lanes, shown, plot, atPoint(point), now) : undefined;
      setHover(item && point ? { item, point } : undefined);
      props.onTime?.(point && point.x >= gutter ? toTime(shown, plot, point.x - gutter) : undefined);
    },
    click: (point: Point) => {
      if (point.y < topHeight) return;
      const item = point.x >= gutter ? itemAt(lanes, shown, plot, atPoint(point), now) : undefined;
      if (item) return open(item);
      const lane = laneAt(lanes, atPoint(point).y);
      if (lane?.kind === "machine") setFolded((now) => toggled(now, lane.machine));
      else if (lane?.steps && point.x < turnerWidth) setTurned((now) => toggled(now, lane.key));
      else if (lane && point.x < gutter)
        if (lane.kind === "check") props.onOpenCheck?.(lane.key);
        else props.onLane?.(lane);
    },
    pan: (dx: number, dy: number) => {
      if (scroller.current && dy) scroller.current.scrollTop -= dy;
      if (dx) move((now) => panned(now, (-dx / plot) * (now.to - now.from)));
    },
    zoom: (factor: number, x: number) => move((now) => zoomed(now, factor, toTime(now, plot, x - gutter))),
    select: (fromX: number, toX: number, done: boolean) => {
      const [from, to] = [toTime(shown, plot, fromX - gutter), toTime(shown, plot, toX - gutter)];
      const span = { from: Math.min(from, to), to: Math.max(from, to) };
      setSelecting(done ? undefined : span);
      if (done) props.onSelect?.(span);
    },
  };
  useGestures(canvas, handlers, props.onView !== undefined);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const command = commandOf(event);
    if (!command) return;
    if ((command.do === "pan" || command.do === "zoom" || command.do === "home") && !props.onView) return;
    event.preventDefault();
    switch (command.do) {
      case "walk": {
        const item = walked(lanes, shown, focused, command.step);
        setFocused(item);
        if (!item) return;
        move((now) => revealed(now, item.start, Math.min(item.end, Date.now())));
        reveal(scroller.current, lanes, item);
        return;
      }
      case "pan":
        return move((now) => panned(now, command.share * (now.to - now.from)));
      case "zoom":
        return move((now) => zoomed(now, command.factor, focused ? focused.start : (now.from + now.to) / 2));
      case "home":
        return props.onHome?.();
      case "unfold": {
        const run = focused && !isIncident(focused) ? focused : undefined;
        const lane = lanes.find(({ key }) => run && key === `${run.machine} ${run.process}`);
        if (lane?.steps === undefined) return;
        setTurned((now) => toggled(now, lane.key));
        // A step that is hidden can't be where the keyboard is.
        if (lane.steps === "shown" && run?.step !== undefined) setFocused(lane.rows[0]?.[0]);
        return;
      }
      case "open":
        return focused ? open(focused) : undefined;
      case "clear":
        setFocused(undefined);
        return props.onSelect?.(undefined);
      default:
        command satisfies never;
    }
  };
  const onRun = focused && !isIncident(focused) ? focused : undefined;
  const runSentence = useRunSentence(onRun, zone);
  const incidentSentence = useIncidentSentence(focused && isIncident(focused) ? focused : undefined, zone);
  return (
    <div className="timeline" ref={box}>
      {/* oxlint-disable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions -- it is a widget of its own, with its own keys */}
      <div
        ref={scroller}
        className="timeline-scroll"
        style={{ height }}
        role="application"
        aria-label={label}
        aria-describedby={keys}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={({ currentTarget }) => {
          if (scene.current) scene.current.scrollTop = currentTarget.scrollTop;
          redraw();
        }}
      >
        <div style={{ height: total }}>
          <canvas
            ref={canvas}
            className={props.onView ? "timeline-canvas moves" : "timeline-canvas"}
            style={{ height }}
          />
        </div>
      </div>
      <p className="visually-hidden" id={keys}>
        {m.timeline_keys()}
      </p>
      <p className="timeline-zone">{zoneLabel(shown.to, context.zone, context.locale)}</p>
      {hover &&
        (isIncident(hover.item) ? (
          <IncidentCard incident={hover.item} point={hover.point} width={width} zone={zone} />
        ) : (
          <RunCard run={hover.item} point={hover.point} width={width} zone={zone} />
        ))}
      <p className="visually-hidden" aria-live="polite">
        {runSentence || incidentSentence}
      </p>
    </div>
  );
}

function toggled(set: ReadonlySet<string>, item: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}

function useGestures(
  canvas: { current: HTMLCanvasElement | null },
  handlers: Parameters<typeof listen>[1],
  moves: boolean,
): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    if (!canvas.current) return undefined;
    return listen(
      canvas.current,
      {
        hover: (point) => latest.current.hover(point),
        click: (point) => latest.current.click(point),
        pan: (dx, dy) => latest.current.pan(dx, dy),
        zoom: (factor, x) => latest.current.zoom(factor, x),
        select: (from, to, done) => latest.current.select(from, to, done),
      },
      { wheel: moves },
    );
  }, [canvas, moves]);
}

function reveal(scroller: HTMLDivElement | null, lanes: readonly Lane[], item: Item): void {
  const lane = lanes.find((one) => itemsOf(one).some(({ key }) => key === item.key));
  if (!scroller || !lane) return;
  const [top, bottom] = [lane.top, lane.top + lane.height + topHeight];
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (bottom > scroller.scrollTop + scroller.clientHeight)
    scroller.scrollTop = bottom - scroller.clientHeight;
}
