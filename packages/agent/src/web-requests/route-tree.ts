/** The tree of segments that routes are learnt in, and how it is kept. */
import { variableSegment } from "@culprit/protocol";

/** Numbers that are missing are those of a route that is well known and was seen just now. */
export type SavedRoute = {
  next: Record<string, SavedRoute>;
  ends?: true | undefined;
  crowded?: true | undefined;
  closed?: true | undefined;
  closedOn?: number | undefined;
  closings?: number | undefined;
  hours?: number | undefined;
  seenOn?: number | undefined;
};

/** In how many different hours it came, up to `wellKnown`, the last of them, and the day it came last. */
export type Visits = { hours: number; hour: number; seenOn: number };

export type RouteNode = Visits & {
  next: Map<string, RouteNode>;
  ends: boolean;
  /** It had too many segments below it: those that had not come in several hours are variable now, and new ones. */
  crowded: boolean;
  /** It had too many even so: all are variable, until its time is over. */
  closed: boolean;
  /** Day of its last closing, and how often it was closed. */
  closedOn: number;
  closings: number;
  /** Of a crowded place: what comes now and then, without a name of its own so far; not saved. */
  candidates: Map<string, Visits>;
};

/** What comes in so many different hours is no scan. */
export const wellKnown = 3;

export function newNode(visits: Visits): RouteNode {
  return {
    next: new Map(),
    ends: false,
    crowded: false,
    closed: false,
    closedOn: 0,
    closings: 0,
    candidates: new Map(),
    ...visits,
  };
}

export function touch(node: Visits, hour: number, day: number): void {
  node.seenOn = day;
  if (node.hour === hour || node.hours >= wellKnown) return;
  node.hour = hour;
  node.hours++;
}

/** The segment under which a node has what follows this one. */
export function nameIn(node: RouteNode, segment: string): string {
  return node.closed || (node.crowded && !node.next.has(segment)) ? variableSegment : segment;
}

/** One node that leads wherever these led. */
export function merged(nodes: readonly RouteNode[]): RouteNode {
  const closed = nodes.some((node) => node.closed);
  const byName = new Map<string, RouteNode[]>();
  for (const { next } of nodes) {
    for (const [name, node] of next) {
      const into = closed ? variableSegment : name;
      byName.set(into, [...(byName.get(into) ?? []), node]);
    }
  }
  const most = (read: (node: RouteNode) => number) => Math.max(...nodes.map(read));
  return {
    next: new Map([...byName].map(([name, same]): [string, RouteNode] => [name, merged(same)])),
    ends: nodes.some(({ ends }) => ends),
    crowded: nodes.some(({ crowded }) => crowded),
    closed,
    closedOn: most(({ closedOn }) => closedOn),
    closings: most(({ closings }) => closings),
    candidates: new Map(),
    hours: most(({ hours }) => hours),
    hour: most(({ hour }) => hour),
    seenOn: most(({ seenOn }) => seenOn),
  };
}

export function savedOf(node: RouteNode): SavedRoute {
  const { next, ends, crowded, closed, closedOn, closings, hours, seenOn } = node;
  return {
    next: Object.fromEntries([...next].map(([name, one]) => [name, savedOf(one)])),
    ...(ends ? { ends } : {}),
    ...(crowded ? { crowded } : {}),
    ...(closed ? { closed } : {}),
    ...(closings > 0 ? { closedOn, closings } : {}),
    ...(hours < wellKnown ? { hours } : {}),
    seenOn,
  };
}

export function restored(saved: SavedRoute, day: number): RouteNode {
  const nodes = Object.entries(saved.next).map(([name, one]): [string, RouteNode] => [
    name,
    restored(one, day),
  ]);
  const closed = saved.closed === true;
  return {
    next: new Map(nodes),
    ends: saved.ends === true,
    crowded: saved.crowded === true,
    closed,
    closedOn: saved.closedOn ?? (closed ? day : 0),
    closings: saved.closings ?? (closed ? 1 : 0),
    candidates: new Map(),
    hours: saved.hours ?? wellKnown,
    hour: -1,
    seenOn: saved.seenOn ?? day,
  };
}
