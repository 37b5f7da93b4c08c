import { m } from "@culprit/messages";
import type { Finding } from "../doctor/finding.ts";
import { paint, type Colour } from "./colour.ts";
import { printable } from "./table.ts";

export type NamedFinding = Finding & { check: string };

type Look = { colours: boolean };

export function formatFindings(findings: readonly NamedFinding[], look: Look): string {
  const words = Math.max(...(["ok", "warning", "problem"] as const).map((level) => levelText(level).length));
  const names = Math.max(...findings.map(({ check }) => check.length));
  const indent = " ".repeat(words + names + 4);
  const lines = findings.flatMap(({ level, check, text, meaning, fix }) => [
    `${paint(look.colours, colours[level], levelText(level).padEnd(words))}  ${check.padEnd(names)}  ${printable(text)}`,
    ...(meaning === undefined ? [] : [`${indent}${printable(meaning)}`]),
    ...(fix === undefined ? [] : [`${indent}${paint(look.colours, "cyan", `→ ${printable(fix)}`)}`]),
  ]);
  return [...lines, "", summary(findings)].join("\n");
}

const colours: Record<Finding["level"], Colour> = { ok: "green", warning: "yellow", problem: "red" };

function levelText(level: Finding["level"]): string {
  switch (level) {
    case "ok":
      return m.doctor_ok();
    case "warning":
      return m.doctor_warning();
    case "problem":
      return m.doctor_problem();
    default:
      return level satisfies never;
  }
}

function summary(findings: readonly NamedFinding[]): string {
  const problems = findings.filter(({ level }) => level === "problem").length;
  const warnings = findings.filter(({ level }) => level === "warning").length;
  return problems + warnings === 0 ? m.doctor_fine() : m.doctor_counts({ problems, warnings });
}
