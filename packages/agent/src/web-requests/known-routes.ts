/**
 * The routes of this machine's web servers, learnt from what they answered: a tree of segments, bounded. A place in a path
 * that takes too many different values is variable, and stays so. A path that was only ever refused is no route: scans for
 * weaknesses must not fill the catalogue.
 */
import { pathSegments, variableSegment } from "@culprit/protocol";

export const unknownRoutes = "(unknown routes)";
export const otherRoutes = "(other routes)";
export const staticFiles = "(static files)";

export type SavedRoute = {
  next: Record<string, SavedRoute>;
  ends?: true | undefined;
  closed?: true | undefined;
};

export type RouteLimits = { routes: number; nodes: number; valuesAtTop: number; values: number };

const usualLimits: RouteLimits = { routes: 400, nodes: 4000, valuesAtTop: 100, values: 40 };
const routeCharacters = 150;

/** `closed`: it had too many different segments below it, and all are variable now. */
type Node = { next: Map<string, Node>; ends: boolean; closed: boolean };

export class KnownRoutes {
  readonly #limits: RouteLimits;
  readonly #root: Node;
  #routes = 0;
  #nodes = 0;
  /** Counts what was learnt, to tell whether there is something to save. */
  changes = 0;

  constructor(saved?: SavedRoute, limits: RouteLimits = usualLimits) {
    this.#limits = limits;
    this.#root = restored(saved ?? { next: {} });
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
    const found = this.#find(path);
    if (found) return found;
    if (this.#routes >= this.#limits.routes || this.#nodes + path.length > this.#limits.nodes) return null;
    this.changes++;
    let node = this.#root;
    const route: string[] = [];
    for (const [depth, segment] of path.entries()) {
      let name = nameIn(node, segment);
      if (!node.next.has(name)) node.next.set(name, { next: new Map(), ends: false, closed: false });
      if (node.next.size > (depth <= 1 ? this.#limits.valuesAtTop : this.#limits.values)) {
        node.next = new Map([[variableSegment, merged([...node.next.values()])]]);
        node.closed = true;
        name = variableSegment;
      }
      route.push(name);
      node = node.next.get(name)!;
    }
    node.ends = true;
    this.#recount();
    return route;
  }

  #recount(): void {
    this.#routes = 0;
    this.#nodes = 0;
    const walk = (node: Node): void => {
      this.#nodes++;
      if (node.ends) this.#routes++;
      for (const next of node.next.values()) walk(next);
    };
    walk(this.#root);
  }
}

function nameIn(node: Node, segment: string): string {
  return node.closed ? variableSegment : segment;
}

/** One node that leads wherever these led. */
function merged(nodes: readonly Node[]): Node {
  const closed = nodes.some((node) => node.closed);
  const byName = new Map<string, Node[]>();
  for (const { next } of nodes) {
    for (const [name, node] of next) {
      const into = closed ? variableSegment : name;
      byName.set(into, [...(byName.get(into) ?? []), node]);
    }
  }
  const next = [...byName].map(([name, same]): [string, Node] => [name, merged(same)]);
  return { next: new Map(next), ends: nodes.some(({ ends }) => ends), closed };
}

function savedOf({ next, ends, closed }: Node): SavedRoute {
  const saved = Object.fromEntries([...next].map(([name, node]) => [name, savedOf(node)]));
  return { next: saved, ...(ends ? { ends } : {}), ...(closed ? { closed } : {}) };
}

function restored({ next, ends, closed }: SavedRoute): Node {
  const nodes = Object.entries(next).map(([name, one]): [string, Node] => [name, restored(one)]);
  return { next: new Map(nodes), ends: ends === true, closed: closed === true };
}
