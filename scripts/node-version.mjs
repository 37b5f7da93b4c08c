/** Written for old versions of Node.js too: it must be able to say that one is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(
    `Culprit needs Node.js 20.19 or newer; this is ${process.versions.node} (${process.execPath}).\n` +
      "Install a newer one from https://nodejs.org or with your version manager (nvm install 22, fnm use 22), then try again.",
  );
  process.exit(1);
}
