/** Lines for whoever looks after the machine; systemd's journal adds the time. Never a token, never a command line. */
export type Log = {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
};

export const standardErrorLog: Log = {
  info: (text) => process.stderr.write(`culprit-agent: ${oneLine(text)}\n`),
  warn: (text) => process.stderr.write(`culprit-agent: warning: ${oneLine(text)}\n`),
  error: (text) => process.stderr.write(`culprit-agent: error: ${oneLine(text)}\n`),
};

/** Names from outside may be in a text: they must not start a line of their own. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ").slice(0, 2000);
}
