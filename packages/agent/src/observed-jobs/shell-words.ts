/**
 * The simple commands of a line of sh, as far as a name needs them: quotes, escapes, operators, redirections and comments
 * are understood, nothing is expanded. What can't be known without running it stays as it is written.
 */

const separators = new Set([";", "&", "|", "\n", "(", ")"]);
const blanks = new Set([" ", "\t", "\r"]);
const keywords = new Set(["if", "then", "elif", "else", "while", "until", "do", "!", "{", "}", "fi", "done"]);

export type ShellLine = {
  /** Words of each simple command, in order; assignments and keywords before a command are left out. */
  commands: string[][];
  /** Text of the last comment, without its `#`; null without one. */
  comment: string | null;
};

export function readShellLine(text: string): ShellLine {
  const commands: string[][] = [];
  let comment: string | null = null;
  let words: string[] = [];
  let at = 0;
  const endCommand = () => {
    const command = withoutKeywords(words);
    if (command.length > 0) commands.push(command);
    words = [];
  };
  while (at < text.length) {
    const character = text[at]!;
    if (blanks.has(character)) at++;
    else if (character === "\\" && text[at + 1] === "\n") at += 2;
    else if (separators.has(character)) {
      endCommand();
      at++;
    } else if (character === "#") {
      const end = endOfLine(text, at);
      comment = text.slice(at + 1, end).trim();
      at = end;
    } else if (character === "<" || character === ">") at = afterRedirection(text, at);
    else {
      const word = readWord(text, at);
      at = word.end;
      // `2>` is a part of the redirection.
      const isDescriptor = /^\d+$/.test(text.slice(word.start, word.end)) && /[<>]/.test(text[at] ?? "");
      if (!isDescriptor) words.push(word.value);
    }
  }
  endCommand();
  return { commands, comment };
}

function afterRedirection(text: string, from: number): number {
  let at = from;
  while (at < text.length && /[<>&|]/.test(text[at]!)) at++;
  while (blanks.has(text[at] ?? "")) at++;
  return at < text.length && !separators.has(text[at]!) ? readWord(text, at).end : at;
}

function readWord(text: string, start: number): { value: string; start: number; end: number } {
  let value = "";
  let at = start;
  while (at < text.length) {
    const character = text[at]!;
    if (blanks.has(character) || separators.has(character) || character === "<" || character === ">") break;
    if (character === "'" || character === '"') {
      const quoted = readQuoted(text, at);
      value += quoted.value;
      at = quoted.end;
    } else if (character === "\\") {
      value += text[at + 1] === "\n" ? "" : (text[at + 1] ?? "");
      at += 2;
    } else if (character === "`" || text.startsWith("$(", at) || text.startsWith("${", at)) {
      const end = endOfSubstitution(text, at);
      value += text.slice(at, end);
      at = end;
    } else {
      value += character;
      at++;
    }
  }
  return { value, start, end: Math.min(at, text.length) };
}

function readQuoted(text: string, start: number): { value: string; end: number } {
  const quote = text[start]!;
  let value = "";
  let at = start + 1;
  while (at < text.length && text[at] !== quote) {
    if (quote === '"' && text[at] === "\\" && /["\\$`\n]/.test(text[at + 1] ?? "")) at++;
    value += text[at] ?? "";
    at++;
  }
  return { value, end: at + 1 };
}

function endOfSubstitution(text: string, start: number): number {
  if (text[start] === "`") {
    const end = text.indexOf("`", start + 1);
    return end < 0 ? text.length : end + 1;
  }
  const [open, close] = text[start + 1] === "(" ? ["(", ")"] : ["{", "}"];
  let depth = 0;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === open) depth++;
    if (text[at] === close && --depth === 0) return at + 1;
  }
  return text.length;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function withoutKeywords(words: readonly string[]): string[] {
  const first = words.findIndex((word) => !keywords.has(word) && !isAssignment(word));
  return first < 0 ? [] : words.slice(first);
}

export function isAssignment(word: string): boolean {
  return /^[A-Za-z_]\w*\+?=/.test(word);
}
