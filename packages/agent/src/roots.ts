/** Where the system's own files are; tests point them at a recorded host in `fixtures/`. */
export type Roots = {
  readonly proc: string;
  readonly sys: string;
  readonly etc: string;
};

export const systemRoots: Roots = { proc: "/proc", sys: "/sys", etc: "/etc" };
