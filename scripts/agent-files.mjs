/**
 * The agent as single files, which hubs serve to the machines that enrol: one for Node.js, and with `--compiled` one for
 * each kind of computer that needs nothing else. `node scripts/agent-files.mjs <folder> [--compiled]`.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { build } from "esbuild";
import { root, run } from "./run.mjs";

/** Bun, which is taken along into the compiled file: from npm's registry, by its checksum there. */
const bunVersion = "1.4.5";
const computers = {
  x64: {
    package: "@oven/bun-linux-x64",
    sha512: "IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==",
  },
  arm64: {
    package: "@oven/bun-linux-aarch64",
    sha512: "4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==",
  },
};
const kept = join(root, "node_modules/.culprit-bun");

/** Of the schema library's own texts, which are in forty languages and more than a quarter of the file, an agent shows the English. */
const englishAlone = {
  name: "english-alone",
  setup(building) {
    building.onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

/** Into the folder, anew: `culprit-agent.mjs`, for Node.js >= 20.19, and the recorders for jobs. */
export async function bundleAgent(folder) {
  // Compiled ones that were made of an older bundle must not be served beside it.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ["culprit-run", "culprit-run-capture", "culprit-sh"])
    copyFileSync(join(root, "packages/cli/sh", name), join(folder, name));
  const outfile = join(folder, "culprit-agent.mjs");
  await build({
    entryPoints: [join(root, "packages/agent/src/single-file.ts")],
    outfile: `${outfile}.new`,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["development"],
    // The web socket library is CommonJS and asks for Node.js's own modules by require.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    external: ["bufferutil", "utf-8-validate"],
    plugins: [englishAlone],
    logLevel: "error",
  });
  renameSync(`${outfile}.new`, outfile);
  return outfile;
}

/** `culprit-agent-linux-<kind>.gz` beside the bundle, for the kinds of computers that were asked for. */
export async function compileAgent(folder, { kinds = Object.keys(computers), keepPlain = false } = {}) {
  const bun = await bunFor(process.arch);
  for (const kind of kinds) {
    const outfile = join(folder, `culprit-agent-linux-${kind}`);
    const target = ["--target", `bun-linux-${kind}`, "--compile-executable-path", await bunFor(kind)];
    // It runs as root wherever it is started: what lies in that folder is none of its business.
    const alone = ["--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"];
    const command = ["build", "--compile", ...target, ...alone, `--outfile=${outfile}.new`];
    const { status, output } = await run(bun, [...command, join(folder, "culprit-agent.mjs")], {
      quiet: true,
    });
    if (status !== 0) throw new Error(`the agent can't be compiled for ${kind}: ${output}`);
    chmodSync(`${outfile}.new`, 0o755);
    await pipeline(createReadStream(`${outfile}.new`), createGzip(), createWriteStream(`${outfile}.gz.new`));
    if (keepPlain) renameSync(`${outfile}.new`, outfile);
    else rmSync(`${outfile}.new`);
    renameSync(`${outfile}.gz.new`, `${outfile}.gz`);
  }
}

/** The program for this kind of computer; fetched once. */
async function bunFor(kind) {
  const wanted = computers[kind];
  if (!wanted) throw new Error(`no agent can be compiled on or for ${kind}`);
  const folder = join(kept, `${bunVersion}-${kind}`);
  const program = join(folder, "package/bin/bun");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const name = `${wanted.package}@${bunVersion}`;
  console.log(`Fetching ${name}`);
  const packed = await run("npm", ["pack", "--silent", "--pack-destination", folder, name], { quiet: true });
  if (packed.status !== 0) throw new Error(`${name} can't be fetched: ${packed.output}`);
  const archive = join(folder, packed.output.trim().split("\n").at(-1));
  const sha512 = createHash("sha512").update(readFileSync(archive)).digest("base64");
  if (sha512 !== wanted.sha512) throw new Error(`${name} is not what it was: its checksum is ${sha512}`);
  const unpacked = await run("tar", ["-xzf", archive, "-C", folder, "package/bin/bun"], { quiet: true });
  if (unpacked.status !== 0) throw new Error(`${archive} can't be unpacked: ${unpacked.output}`);
  rmSync(archive);
  return program;
}

if (import.meta.filename === process.argv[1]) {
  const [folder, ...flags] = process.argv.slice(2);
  await bundleAgent(folder);
  if (flags.includes("--compiled")) await compileAgent(folder, { kinds: [process.arch], keepPlain: true });
}
