import { readdirSync, readFileSync } from "node:fs";

/** Who may import whom. Everything that is not named here may import nothing of ours but itself. */
const mayImport = {
  protocol: [],
  analysis: [],
  messages: [],
  charts: ["protocol"],
  simulator: [],
  probes: ["protocol"],
  agent: ["protocol", "probes"],
  hub: ["protocol", "probes", "analysis", "charts", "messages"],
  web: ["protocol", "charts", "messages"],
  cli: ["protocol", "messages", "agent", "hub"],
};

const tests = "[.]test[.]tsx?$|/(test|fixtures|suites)/";

const betweenPackages = Object.entries(mayImport).map(([name, allowed]) => ({
  name: `${name}-imports-only-${allowed.join("-") || "itself"}`,
  severity: "error",
  from: { path: `^packages/${name}/` },
  to: { path: "^packages/", pathNot: `^packages/(${[name, ...allowed].join("|")})/` },
}));

/** Sources that a package's own "exports" name. */
const entries = readdirSync("packages").flatMap((name) => {
  const { exports = {} } = JSON.parse(readFileSync(`packages/${name}/package.json`, "utf8"));
  return Object.values(exports).map(({ development = "" }) => `packages/${name}/${development.slice(2)}`);
});

const publicEntries = {
  name: "other-packages-by-their-public-entry",
  comment: "A package is imported by its name, which leads to what its package.json exports.",
  severity: "error",
  from: { path: "^packages/([^/]+)/", pathNot: tests },
  to: {
    path: "^packages/[^/]+/src/",
    pathNot: ["^packages/$1/", `^(${entries.join("|").replaceAll(".", "[.]")})$`],
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
    to: { path: "^packages/hub/src/", pathNot: "^packages/hub/src/(store/|clock[.]ts$)" },
  },
  {
    name: "only-the-app-knows-routes",
    severity: "error",
    from: { path: "^packages/hub/src/", pathNot: ["^packages/hub/src/(routes/|app[.]ts$)", tests] },
    to: { path: "^packages/hub/src/routes/", pathNot: "/(policy|problems)[.]ts$" },
  },
  {
    name: "routes-reach-the-store-by-its-interface",
    severity: "error",
    from: { path: "^packages/hub/src/routes/", pathNot: tests },
    to: { path: "^packages/hub/src/store/", pathNot: "^packages/hub/src/store/(store|store-error)[.]ts$" },
  },
];

/** Circles of types alone do no harm: these are looked for without type imports. */
export const circles = [{ name: "no-circles", severity: "error", from: {}, to: { circular: true } }];

export default {
  forbidden: [
    ...betweenPackages,
    publicEntries,
    ...inTheHub,
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
