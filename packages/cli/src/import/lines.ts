/** Lines of a stream of bytes, some at a time, with their numbers from 1. A line past the bound is cut there. */
const lineCharacters = 1024 * 1024;

export type Line = { line: number; text: string };

export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line[]> {
  const decoder = new TextDecoder();
  let rest = "";
  let number = 0;
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = (parts.pop() ?? "").slice(0, lineCharacters);
    if (parts.length > 0) yield parts.map((text) => ({ line: ++number, text: text.replace(/\r$/, "") }));
  }
  rest += decoder.decode();
  if (rest !== "") yield [{ line: ++number, text: rest }];
}
