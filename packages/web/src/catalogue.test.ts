/** Every text is there in every language, said in that language, and used; and no page holds a text of its own. */
import { describe, expect, it } from "vitest";
import project from "../../messages/project.inlang/settings.json" with { type: "json" };

const languages = ["en", "pt-BR", "es"] as const;

type Catalogue = Record<string, unknown>;

const catalogues = import.meta.glob<Catalogue>("../../messages/{en,pt-BR,es}/*.json", {
  eager: true,
  import: "default",
});
const sources = import.meta.glob<string>(["./**/*.{ts,tsx}", "../../messages/src/*.ts"], {
  eager: true,
  query: "?raw",
  import: "default",
});

function read(language: string, file: string): Catalogue {
  const { $schema: _, ...texts } = catalogues[`../../messages/${language}/${file}`] ?? {};
  return texts;
}

const files = Object.keys(catalogues)
  .filter((path) => path.includes("/en/"))
  .map((path) => path.slice(path.lastIndexOf("/") + 1));

/** Those of the command line and of answers have their own tests. */
const ofPages = files.filter((file) => file !== "command.json" && file !== "answers.json");

/** Equal in two languages on purpose: names, symbols, and words that both languages share. */
const sharedTexts = new Set(
  [
    "Culprit",
    "CSV",
    "JSON",
    "PNG",
    "PID",
    "UTC",
    "CPU",
    "ok",
    "cron",
    "web",
    "normal",
    "Normal",
    "Kernel",
    "BENCHMARK",
    "ping",
    "Usual",
    "Swap",
    "Check-ins",
    "Script",
    "Token",
    "SHA-256 {sum}",
    "{machine} ({state})",
    "{machine}: {text}",
  ].concat(["Menu", "Threads", "buffers", "1 min", "5 min", "15 min"]),
);

describe("the message catalogue", () => {
  it("is what the project compiles", () => {
    const compiled = project["plugin.inlang.messageFormat"].pathPattern.map((path) =>
      path.split("/").at(-1)!,
    );
    expect(files.toSorted()).toEqual(compiled.toSorted());
  });

  it.each(files)("%s has the same keys in all languages, in the same order", (file) => {
    const [english, ...others] = languages.map((language) => Object.keys(read(language, file)));
    for (const other of others) expect(other).toEqual(english);
  });

  it("no key stands in two files", () => {
    const keys = files.flatMap((file) => Object.keys(read("en", file)));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it.each(ofPages)("no text of %s was left in English by accident", (file) => {
    const english = read("en", file);
    const left = languages.slice(1).flatMap((language) =>
      Object.entries(read(language, file))
        .filter(([key, text]) => typeof text === "string" && text === english[key] && !sharedTexts.has(text))
        .map(([key]) => `${language} ${key}`),
    );
    expect(left).toEqual([]);
  });

  it.each(ofPages)("texts of %s take the same values in all languages", (file) => {
    const values = (text: unknown) => [...new Set(JSON.stringify(text).match(/\{\w+\}/g))].sort();
    const english = read("en", file);
    for (const language of languages.slice(1)) {
      for (const [key, text] of Object.entries(read(language, file)))
        expect([key, ...values(text)]).toEqual([key, ...values(english[key])]);
    }
  });

  it("plurals have the form `many` where the language has one", () => {
    const without = languages.slice(1).flatMap((language) =>
      ofPages.flatMap((file) =>
        Object.entries(read(language, file))
          .filter(([, text]) => typeof text !== "string" && !JSON.stringify(text).includes("Plural=many"))
          .map(([key]) => `${language} ${key}`),
      ),
    );
    expect(without).toEqual([]);
  });

  it.each(["dashboard.json", "culprits.json", "checks-page.json", "machine-page.json"])(
    "every text of %s is used",
    (file) => {
      const source = Object.values(sources).join("\n");
      const unused = Object.keys(read("en", file)).filter(
        (key) => !new RegExp(`\\bm\\.${key}\\b`).test(source),
      );
      expect(unused).toEqual([]);
    },
  );
});

describe("pages", () => {
  const pages = Object.keys(sources).filter((path) => path.endsWith(".tsx"));

  it("are found", () => {
    expect(pages.length).toBeGreaterThan(20);
  });

  it.each(pages)("%s holds no text of its own", (path) => {
    const source = sources[path]!.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    expect(literalTexts(source)).toEqual([]);
  });

  it("a text that was written into a page would be found", () => {
    expect(literalTexts("<p>Loading now</p>")).toEqual(["Loading now"]);
    expect(literalTexts('<input placeholder="Your name" />')).toEqual(["Your name"]);
    expect(literalTexts("<p>{m.loading()}</p>")).toEqual([]);
  });
});

/** Words between tags, and in the attributes that people see or hear. */
function literalTexts(source: string): string[] {
  const between = [...source.matchAll(/<\/?[A-Za-z][^<>]*>([^<>{}]+)(?=<\/?[A-Za-z]|\{)/g)];
  const spoken = [
    ...source.matchAll(/\s(?:title|label|placeholder|aria-label|alt|aria-description)="([^"]+)"/g),
  ];
  return [...between, ...spoken]
    .map(([, text = ""]) => text.trim())
    .filter((text) => /\p{L}{2,}/u.test(text) && !/[;=()"[\]]/.test(text));
}
