/** Where the system's own files are; tests point them at a recorded host in `fixtures/`. */
export type Roots = {
  readonly proc: string;
  readonly sys: string;
  readonly etc: string;
  readonly run: string;
  readonly var: string;
};

export const systemRoots: Roots = {
  proc: "/proc",
  sys: "/sys",
  etc: "/etc",
  run: "/run",
  var: "/var",
};
