/** The words of a command line up to the cursor, as a shell of POSIX reads them; the last is the one being typed. */
export function splitLine(line: string): string[] {
  const words: string[] = [];
  let word = "";
  let quote: string | null = null;
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (quote !== null) {
      if (character === quote) quote = null;
      else if (character === "\\" && quote === '"') word += line[++at] ?? "";
      else word += character;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === "\\") word += line[++at] ?? "";
    else if (/\s/.test(character)) {
      if (word !== "") words.push(word);
      word = "";
    } else word += character;
  }
  return [...words, word];
}
