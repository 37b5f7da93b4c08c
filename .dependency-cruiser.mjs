/** Who may import whom. Everything that is not named here may import nothing of ours but itself. */
const mayImport = {
  protocol: [],
  analysis: [],
  messages: [],
  charts: ["protocol"],
  simulator: ["protocol"],
  agent: ["protocol"],
  hub: ["protocol", "analysis", "charts", "messages"],
  web: ["protocol", "charts", "messages"],
  cli: ["protocol", "messages", "agent", "hub"],
};

const tests = "[.]test[.]tsx?$|/(test|fixtures)/|-suite[.]ts$";

const betweenPackages = Object.entries(mayImport).map(([name, allowed]) => ({
  name: `${name}-imports-only-${allowed.join("-") || "itself"}`,
  severity: "error",
  from: { path: `^packages/${name}/` },
  to: { path: "^packages/", pathNot: `^packages/(${[name, ...allowed].join("|")})/` },
}));

const publicEntries = {
  name: "other-packages-by-their-public-entry",
  comment: "A package is imported by its name, which leads to its index.",
  severity: "error",
  from: { path: "^packages/([^/]+)/", pathNot: tests },
  to: {
    path: "^packages/[^/]+/src/",
    pathNot: ["^packages/$1/", "^packages/[^/]+/src/index[.]ts$"],
  },
};

const inTheHub = [
  {
    name: "only-open-knows-the-engines",
    severity: "error",
    from: {
      path: "^packages/hub/src/",
      pathNot: [`^packages/hub/src/store/(open[.]ts$|duckdb/|postgres/)`, tests],
    },
    to: { path: "^packages/hub/src/store/(duckdb|postgres)/" },
  },
  {
    name: "engines-do-not-know-each-other",
    severity: "error",
    from: { path: "^packages/hub/src/store/(duckdb|postgres)/", pathNot: tests },
    to: { path: "^packages/hub/src/store/(duckdb|postgres)/", pathNot: "^packages/hub/src/store/$1/" },
  },
  {
    name: "only-engines-load-drivers",
    severity: "error",
    from: { path: "^packages/hub/src/", pathNot: ["^packages/hub/src/store/(duckdb|postgres)/", tests] },
    to: { path: "node_modules/(@duckdb|pg|pg-copy-streams)/" },
  },
  {
    name: "the-store-never-looks-up",
    severity: "error",
    from: { path: "^packages/hub/src/store/", pathNot: tests },
    to: { path: "^packages/hub/src/", pathNot: "^packages/hub/src/store/" },
  },
  {
    name: "only-the-app-knows-routes",
    severity: "error",
    from: { path: "^packages/hub/src/", pathNot: ["^packages/hub/src/(routes/|app[.]ts$)", tests] },
    to: { path: "^packages/hub/src/routes/" },
  },
  {
    name: "routes-reach-the-store-by-its-interface",
    severity: "error",
    from: { path: "^packages/hub/src/routes/", pathNot: tests },
    to: { path: "^packages/hub/src/store/", pathNot: "^packages/hub/src/store/store[.]ts$" },
  },
];

export default {
  forbidden: [
    ...betweenPackages,
    publicEntries,
    ...inTheHub,
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "everything-resolves", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "tests-stay-apart",
      comment: "What runs imports nothing of a test.",
      severity: "error",
      from: { path: "^packages/", pathNot: tests },
      to: { path: tests },
    },
  ],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: ["node_modules", "/generated/"] },
    exclude: { path: ["/dist/", "/types/"] },
    enhancedResolveOptions: {
      conditionNames: ["development", "types", "import", "node", "default"],
      exportsFields: ["exports"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".d.ts", ".json"],
    },
  },
};
