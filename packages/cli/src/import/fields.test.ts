import { expect, test } from "vitest";
import { chooseFields, unitOf } from "./fields.ts";

const chosen = (columns: string[], said?: string) => {
  const { columns: fields, attributes } = chooseFields(columns, said);
  const named = [...fields, ...[...attributes].map(([name, at]) => [`attributes.${name}`, at] as const)];
  return Object.fromEntries(named.map(([field, at]) => [field, columns[at]]));
};

test("the original's columns and common names in three languages are known", () => {
  expect(chosen(["id", "machine_id", "process_pai", "process_filho", "dhinicio", "dhfim", "tipo"])).toEqual({
    key: "id",
    machine: "machine_id",
    process: "process_pai",
    step: "process_filho",
    start: "dhinicio",
    end: "dhfim",
    kind: "tipo",
  });
  expect(chosen(["Processo", "Data Início", "Duração", "Servidor"])).toEqual({
    process: "Processo",
    start: "Data Início",
    duration: "Duração",
    machine: "Servidor",
  });
  expect(chosen(["proceso", "inicio", "fin", "estado"])).toEqual({
    process: "proceso",
    start: "inicio",
    end: "fin",
  });
  expect(chosen(["job", "started_at", "elapsed_ms", "status", "exit_code"])).toEqual({
    process: "job",
    start: "started_at",
    duration: "elapsed_ms",
    outcome: "status",
    exitCode: "exit_code",
  });
});

test("what is said comes before what is guessed, by name without case or by number", () => {
  expect(chosen(["a", "b", "name", "Job"], "start=A,end=2,process=job,attributes.label=name")).toEqual({
    start: "a",
    end: "b",
    process: "Job",
    "attributes.label": "name",
  });
});

test("a field or column that is not there is named, with those that are", () => {
  expect(() => chosen(["a"], "begin=a")).toThrow(/begin.*start/s);
  expect(() => chosen(["a", "b"], "start=c")).toThrow(/c.*a, b/s);
});

test("the unit of a duration stands in the end of its column's name", () => {
  expect(
    ["elapsed_ms", "durationMillis", "time_us", "duration", "runtime_seconds", "took_minutes"].map(unitOf),
  ).toEqual(["ms", "ms", "us", "s", "s", "min"]);
});
