/** Colours of everything drawn. Okabe and Ito's set keeps its differences under colour blindness; a shape always goes with it. */
import type { ExecutionOutcome } from "@culprit/protocol";
import type { ChartContext } from "./context.ts";

export const okabeIto = {
  blue: "#0072B2",
  vermillion: "#D55E00",
  green: "#009E73",
  purple: "#CC79A7",
  sky: "#56B4E9",
  orange: "#E69F00",
  yellow: "#F0E442",
} as const;

export type Palette = {
  background: string;
  text: string;
  quietText: string;
  line: string;
  grid: string;
  accent: string;
  series: readonly string[];
  outcomes: Record<ExecutionOutcome, string>;
  /** A run far from normal, and the part of it beyond normal. */
  deviation: string;
  /** What is normal: quiet beside everything else. */
  normal: string;
  unexplained: string;
  /** From little to much. */
  heat: readonly string[];
};

const { blue, vermillion, green, purple, sky, orange, yellow } = okabeIto;

const palettes: Record<ChartContext["theme"], Palette> = {
  light: {
    background: "#ffffff",
    text: "#1c2530",
    quietText: "#566373",
    line: "#c9d1da",
    grid: "#e8ecf0",
    accent: blue,
    series: [blue, vermillion, green, purple, sky, orange],
    outcomes: { running: green, ok: "#5b8fb9", failed: vermillion, timeout: vermillion, lost: "#a85586" },
    deviation: orange,
    normal: "#8fa3b5",
    unexplained: "#6b7280",
    heat: ["#e3eef7", "#8fc1e3", "#3f8fc6", "#0072B2", "#003a66"],
  },
  dark: {
    background: "#171b21",
    text: "#e6eaef",
    quietText: "#a3afbd",
    line: "#3c4653",
    grid: "#2a323c",
    accent: sky,
    series: [sky, orange, green, purple, vermillion, yellow],
    outcomes: { running: "#1fb98d", ok: "#5f94bd", failed: "#ee7a2b", timeout: "#ee7a2b", lost: purple },
    deviation: orange,
    normal: "#6f8496",
    unexplained: "#949fac",
    heat: ["#1d2f40", "#1f5a86", "#2f86be", "#56B4E9", "#cfeaff"],
  },
};

export function palette(theme: ChartContext["theme"]): Palette {
  return palettes[theme];
}
