import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Runs a command from the root of the repository, in the foreground unless `quiet`. Answers its exit status and, if
 * quiet, what it wrote.
 */
export function run(command, args, { quiet = false, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit",
    });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ status: signal ? 1 : code, output }));
  });
}

/** As `run`, but ends this process with the command's exit status if it fails. */
export async function must(command, args, options) {
  const { status, output } = await run(command, args, options);
  if (status === 0) return;
  if (output) console.error(output.trimEnd());
  console.error(`failed (${status}): ${command} ${args.join(" ")}`);
  process.exit(status);
}

/** The file of a tool that npm installed, to be run by this Node.js. */
export const tool = (name) => `node_modules/.bin/${name}`;
