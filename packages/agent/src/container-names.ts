/**
 * Names of containers, from what their engines leave in files: no socket is asked. Most of these files are root's, and an
 * agent without that right calls a container by the start of its id, as the engines do.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { cleanName } from "@culprit/protocol";
import type { ContainerRuntime } from "./control-group-names.ts";
import type { Roots } from "./roots.ts";

const maxFileBytes = 4 * 1024 * 1024;
const maxKnown = 2000;
/** A container may be renamed, and its files may come after it. */
const askAgainSeconds = 600;

type Known = { name: string | null; askedAt: number };

export class ContainerNames {
  readonly #roots: Roots;
  readonly #known = new Map<string, Known>();

  constructor(roots: Roots) {
    this.#roots = roots;
  }

  /** Bounded and without control characters, whatever the file says. */
  nameOf(runtime: ContainerRuntime, id: string, nowSeconds: number): string {
    // These engines name the group itself.
    if (runtime === "lxc" || runtime === "machine") return clean(id);
    let known = this.#known.get(id);
    if (!known || nowSeconds - known.askedAt >= askAgainSeconds) {
      if (this.#known.size >= maxKnown) this.#known.clear();
      known = { name: this.#look(runtime, id), askedAt: nowSeconds };
      this.#known.set(id, known);
    }
    return known.name ?? id.slice(0, 12);
  }

  #look(runtime: ContainerRuntime, id: string): string | null {
    const name = this.#readName(runtime, id);
    return name ? clean(name) : null;
  }

  #readName(runtime: ContainerRuntime, id: string): string | null {
    const { run, var: variable } = this.#roots;
    switch (runtime) {
      case "docker":
        return dockerName(readBounded(`${variable}/lib/docker/containers/${id}/config.v2.json`));
      case "podman":
        return podmanName(
          readBounded(`${variable}/lib/containers/storage/overlay-containers/containers.json`),
          id,
        );
      case "containerd":
      case "kubernetes":
      case "cri-o":
        return (
          annotatedName(
            readBounded(`${run}/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`),
          ) ??
          annotatedName(
            readBounded(`${run}/containerd/io.containerd.runtime.v2.task/default/${id}/config.json`),
          ) ??
          nameInLogs(listed(`${variable}/log/containers`), id)
        );
      case "lxc":
      case "machine":
        return id;
      default:
        return runtime satisfies never;
    }
  }
}

/** Docker writes `"Name":"/web"`. */
export function dockerName(text: string): string | null {
  const value = member(parse(text), "Name");
  return typeof value === "string" ? value.replace(/^\//, "") : null;
}

/** `[{"id":"…","names":["db"]}]` */
export function podmanName(text: string, id: string): string | null {
  const all = parse(text);
  if (!Array.isArray(all)) return null;
  const names = member(
    all.find((each) => member(each, "id") === id),
    "names",
  );
  const first: unknown = Array.isArray(names) ? names[0] : null;
  return typeof first === "string" ? first : null;
}

/** What containerd's clients note in the bundle: Kubernetes pod and container, nerdctl a name. */
export function annotatedName(text: string): string | null {
  const annotations = member(parse(text), "annotations");
  const of = (key: string) => {
    const value = member(annotations, key);
    return typeof value === "string" && value !== "" ? value : null;
  };
  const container = of("io.kubernetes.cri.container-name");
  const pod = of("io.kubernetes.cri.sandbox-name");
  if (container && pod) return `${pod}/${container}`;
  if (pod) return `${pod}/sandbox`;
  return of("nerdctl/name");
}

/** Kubernetes links `<pod>_<namespace>_<container>-<id>.log`. */
export function nameInLogs(files: readonly string[], id: string): string | null {
  const file = files.find((name) => name.endsWith(`-${id}.log`));
  const match = /^([^_]+)_[^_]+_(.+)-[0-9a-f]{64}\.log$/.exec(file ?? "");
  return match ? `${match[1]}/${match[2]}` : null;
}

function clean(name: string): string {
  return cleanName(name).name.slice(0, 100);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}

/** Empty where it is not readable or too large. */
function readBounded(path: string): string {
  try {
    return statSync(path).size <= maxFileBytes ? readFileSync(path, "utf8") : "";
  } catch {
    return "";
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
