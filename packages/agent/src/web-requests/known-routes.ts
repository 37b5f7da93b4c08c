/**
 * The routes of this machine's web servers, learnt from what they answered: a tree of segments, bounded. A place in a path
 * that takes too many different values is variable, save the values that come again in other hours; if those are too many,
 * too, all of it is, for a month, and longer each time. What has not come for a month is forgotten. A path that was only ever refused is no
 * route: scans for weaknesses must not fill the catalogue, nor take the names of real routes away for long where all is answered.
 */
import { pathSegments, variableSegment, type Micros } from "@culprit/protocol";
import {
  merged,
  nameIn,
  newNode,
  restored,
  savedOf,
  touch,
  wellKnown,
  type RouteNode,
  type SavedRoute,
  type Visits,
} from "./route-tree.ts";

export const unknownRoutes = "(unknown routes)";
export const otherRoutes = "(other routes)";
export const staticFiles = "(static files)";

export type RouteLimits = { routes: number; nodes: number; valuesAtTop: number; values: number };

const usualLimits: RouteLimits = { routes: 400, nodes: 4000, valuesAtTop: 100, values: 40 };
const routeCharacters = 150;
const microsPerHour = 3_600_000_000;
const daysKept = 30;
const daysClosed = 30;
/** Of one crowded place. */
const mostCandidates = 50;

export class KnownRoutes {
  readonly #now: () => Micros;
  readonly #limits: RouteLimits;
  readonly #root: RouteNode;
  #routes = 0;
  #nodes = 0;
  #agedOn: number;

  constructor(now: () => Micros, saved?: SavedRoute, limits: RouteLimits = usualLimits) {
    this.#now = now;
    this.#limits = limits;
    this.#agedOn = dayOf(now());
    this.#root = restored(saved ?? { next: {} }, this.#agedOn);
    this.#recount();
  }

  /** `site` keeps sites of one machine apart; `refused`: answered with a 4xx status, from which nothing is learnt. */
  routeOf(site: string, target: string, refused: boolean): string {
    const { segments, static: isStatic } = pathSegments(target);
    if (isStatic) return staticFiles;
    const path = [site, ...segments];
    const route = refused ? this.#find(path) : this.#learn(path);
    if (route === null) return refused ? unknownRoutes : otherRoutes;
    const text = `/${route.slice(1).join("/")}`;
    return text.length > routeCharacters ? `${text.slice(0, routeCharacters)}…` : text;
  }

  get saved(): SavedRoute {
    return savedOf(this.#root);
  }

  #find(path: readonly string[]): string[] | null {
    let node = this.#root;
    const route: string[] = [];
    for (const segment of path) {
      const name = nameIn(node, segment);
      const next = node.next.get(name);
      if (!next) return null;
      route.push(name);
      node = next;
    }
    return node.ends ? route : null;
  }

  #learn(path: readonly string[]): string[] | null {
    const hour = Math.floor(this.#now() / microsPerHour);
    const day = dayOf(this.#now());
    this.#age(day);
    this.#recognize(path, hour, day);
    const found = this.#find(path);
    if (found) return found;
    if (this.#isFull(path.length)) return null;
    let node = this.#root;
    const route: string[] = [];
    for (const [depth, segment] of path.entries()) {
      let name = nameIn(node, segment);
      if (!node.next.has(name)) node.next.set(name, newNode({ hours: 1, hour, seenOn: day }));
      if (node.next.size > this.#mostAt(depth)) {
        narrow(node, this.#mostAt(depth), day);
        name = nameIn(node, segment);
      }
      route.push(name);
      node = node.next.get(name)!;
    }
    node.ends = true;
    this.#recount();
    return route;
  }

  #mostAt(depth: number): number {
    return depth <= 1 ? this.#limits.valuesAtTop : this.#limits.values;
  }

  #isFull(more: number): boolean {
    return this.#routes >= this.#limits.routes || this.#nodes + more > this.#limits.nodes;
  }

  /** Notes that the segments came; one of a crowded place that has come in several hours gets its own name. */
  #recognize(path: readonly string[], hour: number, day: number): void {
    let node: RouteNode | undefined = this.#root;
    for (const [depth, segment] of path.entries()) {
      if (node.crowded && !node.closed && !node.next.has(segment) && !this.#isFull(path.length)) {
        const candidate = candidateOf(node, segment, hour, day);
        if (candidate.hours >= wellKnown) {
          node.candidates.delete(segment);
          node.next.set(segment, newNode(candidate));
        }
        if (node.next.size > this.#mostAt(depth)) narrow(node, this.#mostAt(depth), day);
      }
      node = node.next.get(nameIn(node, segment));
      if (!node) return;
      touch(node, hour, day);
    }
  }

  #age(day: number): void {
    if (day === this.#agedOn) return;
    this.#agedOn = day;
    age(this.#root, day);
    this.#recount();
  }

  #recount(): void {
    this.#routes = 0;
    this.#nodes = 0;
    const walk = (node: RouteNode): void => {
      this.#nodes++;
      if (node.ends) this.#routes++;
      for (const next of node.next.values()) walk(next);
    };
    walk(this.#root);
  }
}

/** What may become a value of a crowded place. */
function candidateOf(node: RouteNode, segment: string, hour: number, day: number): Visits {
  const candidate = node.candidates.get(segment) ?? { hours: 1, hour, seenOn: day };
  touch(candidate, hour, day);
  // The newest last: what comes again is kept longest.
  node.candidates.delete(segment);
  node.candidates.set(segment, candidate);
  const [oldest] = node.candidates.keys();
  if (node.candidates.size > mostCandidates) node.candidates.delete(oldest!);
  return candidate;
}

function dayOf(at: Micros): number {
  return Math.floor(at / (24 * microsPerHour));
}

/** Too many are below it: those that came in one hour or two become variable; if most are well known, all do. */
function narrow(node: RouteNode, most: number, day: number): void {
  const known = [...node.next].filter(([name, { hours }]) => name !== variableSegment && hours >= wellKnown);
  node.closed = known.length > most / 2;
  node.crowded = true;
  if (node.closed) {
    node.closedOn = day;
    node.closings++;
  }
  const kept = new Map(node.closed ? [] : known);
  const variable = [...node.next].filter(([name]) => !kept.has(name)).map(([, next]) => next);
  node.next = kept.set(variableSegment, merged(variable));
}

/** Forgets what has not come for long, and opens what has been closed long enough. */
function age(node: RouteNode, day: number): void {
  if (node.closed && day - node.closedOn >= daysClosed * 2 ** (node.closings - 1)) node.closed = false;
  for (const [name, next] of node.next) {
    if (day - next.seenOn > daysKept) node.next.delete(name);
    else age(next, day);
  }
  if (node.crowded && !node.closed && !node.next.has(variableSegment)) node.crowded = false;
}
