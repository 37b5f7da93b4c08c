/** What the path of a control group says about who it belongs to. Names as systemd and the container engines give them. */

export type GroupOwner =
  | { kind: "unit"; name: string }
  | { kind: "container"; runtime: ContainerRuntime; id: string };

export type ContainerRuntime =
  | "docker"
  | "podman"
  | "containerd"
  | "cri-o"
  | "kubernetes"
  | "lxc"
  | "machine";

const longId = "([0-9a-f]{64})";

/** Of the last part of a path; the first group is the id. */
const containers: readonly { name: RegExp; runtime: ContainerRuntime }[] = [
  { name: new RegExp(`^docker-${longId}\\.scope$`), runtime: "docker" },
  { name: new RegExp(`^libpod-${longId}(?:\\.scope)?$`), runtime: "podman" },
  { name: new RegExp(`^cri-containerd-${longId}\\.scope$`), runtime: "containerd" },
  { name: new RegExp(`^(?:nerdctl|containerd)-${longId}\\.scope$`), runtime: "containerd" },
  { name: new RegExp(`^crio-${longId}(?:\\.scope)?$`), runtime: "cri-o" },
  { name: /^lxc\.payload\.(.+)$/, runtime: "lxc" },
  { name: /^machine-(.+)\.scope$/, runtime: "machine" },
  { name: /^systemd-nspawn@(.+)\.service$/, runtime: "machine" },
];

/** Of the whole path, where an engine makes its own folder (its cgroupfs driver). */
const containerPaths: readonly { path: RegExp; runtime: ContainerRuntime }[] = [
  { path: new RegExp(`^/docker/${longId}$`), runtime: "docker" },
  { path: new RegExp(`/kubepods(?:/\\w+)?/pod[0-9a-f-]+/${longId}$`), runtime: "kubernetes" },
  { path: new RegExp(`^/(?:default|k8s\\.io)/${longId}$`), runtime: "containerd" },
  { path: /^\/lxc\/([^/]+)$/, runtime: "lxc" },
];

/** Made for one command or one start: each would be a series of its own, for ever. */
const passing = /^(run-|session-|app-.*-\d+\.scope)|@\d+-\d+-\d+\.service$|-[0-9a-f]{8,}\.(service|scope)$/;

/** Null for groups that only hold others, and for those that pass. */
export function ownerOfGroup(path: string): GroupOwner | null {
  const name = path.slice(path.lastIndexOf("/") + 1);
  for (const container of containers) {
    const id = container.name.exec(name)?.[1];
    if (id !== undefined) return { kind: "container", runtime: container.runtime, id: unescapeUnit(id) };
  }
  for (const container of containerPaths) {
    const id = container.path.exec(path)?.[1];
    if (id !== undefined) return { kind: "container", runtime: container.runtime, id };
  }
  const isUnit = /^(.+\.service|user-\d+\.slice)$/.test(name);
  return isUnit && !passing.test(name) ? { kind: "unit", name: unescapeUnit(name) } : null;
}

/** Within a container or the groups of one user nothing is looked for. */
export function holdsOwners(path: string): boolean {
  const owner = ownerOfGroup(path);
  // A service may hold containers: docker.service does with some engines.
  return owner === null || (owner.kind === "unit" && owner.name.endsWith(".service"));
}

/** systemd.unit(5): `\x2d` is a dash. */
function unescapeUnit(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
