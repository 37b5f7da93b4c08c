/** Prints figures beside their goals. */
import type { Section } from "./figures.ts";

export function print(sections: readonly Section[]): void {
  const width = Math.max(...sections.flatMap(({ rows }) => rows.map(({ figure }) => figure.length)));
  for (const { title, rows } of sections) {
    console.log(`\n${title}`);
    for (const { figure, goal, value, of, bound, met } of rows) {
      const verdict = met === null ? "" : met ? "reached" : "MISSED";
      const upper = bound === undefined ? "" : `(upper 95%: ${bound})`;
      console.log(
        [
          `  ${figure.padEnd(width)}`,
          goal.padStart(15),
          value.padStart(9),
          `n=${of}`.padEnd(9),
          verdict.padEnd(8),
          upper,
        ]
          .join(" ")
          .trimEnd(),
      );
    }
  }
}
