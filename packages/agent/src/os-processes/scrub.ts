/**
 * A command line without what may be a secret. Rather too little is told than too much: a value goes when its option, its
 * form or its length makes a secret of it likely, and an argument with white space (code, a header, a query, a key) goes whole.
 */
import { limits, printableText } from "@culprit/protocol";

const hidden = "***";

const secretName =
  "pass|pwd|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|encryption[-_.]?key|(?<![a-z])key|auth|" +
  "credential|cookie|session|signature|(?<![a-z])sig(?![a-z])|bearer|(?<![a-z])otp|(?<![a-z])pin(?![a-z])|salt|dsn|" +
  "connection[-_.]?string|community|license";
/** `--password=x`, `DB_SECRET=x`, `{"token":"x"}`, `-Dapi.key=x`. */
const namedValue = new RegExp(`^(.*?(?:${secretName})[\\w.-]*["']?[:=]).+$`, "is");
/** `--password x`. */
const namedOption = new RegExp(`^-\\S*(?:${secretName})[^=:\\s]*$`, "is");
/** Short ones of well-known programs: mysql, sshpass, redis-cli, ldapsearch, curl, smbclient; other programs lose a value. */
const shortOption = /^-[aApPuUwWHbdFk]$/;
/** The same with the value at once: `-psecret`. */
const shortValue = /^(-[aApuUwWHbk])(?=[^-]).+$/s;
/** Separators of what a word is made of. */
const separators = /([/:=,;@&?#'"{}[\]()<>|]+)/;
const wellKnown =
  /AKIA|ASIA|eyJ[\w-]{6}|gh[pousr]_\w|github_pat_|glpat-|xox[abeoprs]-|(?:^|[^a-z])sk[-_]\w{8}|AIza|npm_\w{8}|hf_\w{8}|-----BEGIN|ya29\./;
/** Base64 holds `/`, which paths do too. */
const base64 = /^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z\d+/]{32,}={0,2}$/;

/** `words`: as in /proc/<pid>/cmdline. One line of printable text. */
export function scrubArguments(words: readonly string[]): string {
  // A program that shows a title writes it as one word: `nginx: worker process`.
  const told = words.length === 1 ? words[0]!.split(/\s+/) : words;
  const kept: string[] = [];
  let isValue = false;
  for (const word of told) {
    kept.push(isValue && !/^--?[a-z]/i.test(word) ? hidden : scrubWord(word));
    isValue = namedOption.test(word) || shortOption.test(word);
  }
  const line = printableText(kept.join(" ")).slice(0, limits.argumentsCharacters);
  return line.replace(/[\ud800-\udbff]$/, "").trim();
}

/** A name that a program gave itself: without keys of known forms, and without what is named a secret. */
export function scrubName(name: string): string {
  if (wellKnown.test(name)) return hidden;
  const named = namedValue.exec(name);
  return named ? `${named[1]}${hidden}` : name;
}

function scrubWord(word: string): string {
  if (/\s/.test(word) || wellKnown.test(word) || base64.test(word)) return hidden;
  const named = namedValue.exec(word);
  if (named && !named[1]!.includes("://")) return `${scrubParts(named[1]!)}${hidden}`;
  if (shortValue.test(word)) return word.replace(shortValue, `$1${hidden}`);
  const bare = word
    // What stands before the host of an address, and all that follows its path.
    .replace(/^(.*?:\/\/).*@/s, `$1${hidden}@`)
    .replace(/[?#].*$/s, `?${hidden}`)
    .replace(/^[^/@:]+:(?!\/\/)[^@]*@/s, `${hidden}@`);
  return scrubParts(bare);
}

/** Parts that look like keys: long, of hexadecimal digits, or of letters and digits as no word is. */
function scrubParts(word: string): string {
  return word
    .split(separators)
    .map((part) => (looksLikeKey(part) ? hidden : part))
    .join("");
}

function looksLikeKey(part: string): boolean {
  if (/^(?=.*\d)[\da-f-]{16,}$/i.test(part)) return true;
  return (
    /^[\w+~.%-]{20,}$/.test(part) &&
    /\d/.test(part) &&
    /[a-z]/i.test(part) &&
    !/^[a-z]+([-_.][a-z\d.]+)+$/.test(part)
  );
}
