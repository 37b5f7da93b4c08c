/** How a chart speaks and looks: the same data drawn for another reader. */
export type ChartContext = {
  /** BCP 47, e.g. `pt-BR`; for numbers, dates and decimal signs. */
  locale: string;
  /** IANA name of the zone that times are shown in. */
  zone: string;
  theme: "light" | "dark";
};
