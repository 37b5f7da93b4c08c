import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { must, root } from "./run.mjs";

/** Installs the npm dependencies if what is in node_modules is not what the lock file asks for. */
export async function ensureInstalled() {
  const reason = whyInstall();
  if (!reason) return;
  console.log(`Installing dependencies (${reason}); the first time takes a minute or two.`);
  // Not `npm ci`: it refuses a lock file that lacks a platform's optional package, which a registry may not have had.
  await must("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]);
}

function whyInstall() {
  const installedFile = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedFile)) return "there is no node_modules yet";
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  for (const [path, { version, optional, devOptional, link }] of Object.entries(wanted)) {
    // Optional packages are for other platforms; links and "" are this repository.
    if (!path.startsWith("node_modules/") || optional || devOptional || link) continue;
    if (installed[path]?.version !== version) return `${path.slice("node_modules/".length)} changed`;
  }
  return null;
}
