/** One accent on calm greys. The accent's shades lie around Okabe and Ito's blue, as in the charts. */
import { createTheme, type MantineColorsTuple } from "@mantine/core";
import { fontFamily } from "@culprit/charts";

const accent: MantineColorsTuple = [
  "#e6f3fb",
  "#cfe5f5",
  "#a0caea",
  "#6eb0e0",
  "#56b4e9",
  "#2f8fcd",
  "#0a7cbf",
  "#0072b2",
  "#00609a",
  "#004d7d",
];

export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  colors: { accent },
  fontFamily,
  headings: {
    fontFamily,
    fontWeight: "650",
    sizes: { h1: { fontSize: "1.5rem" }, h2: { fontSize: "1.05rem" } },
  },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
});
