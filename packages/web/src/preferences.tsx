/** The reader's language and time zone, kept in this browser. (Mantine keeps light and dark the same way.) */
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from "react";
import { useComputedColorScheme } from "@mantine/core";
import { isLocale, overwriteGetLocale } from "@culprit/messages/runtime";
import type { ChartContext } from "@culprit/charts";
import { closestLanguage, type Language } from "./closest-language.ts";

/** Times in the zone of whoever looks, of the machine that is looked at, or in UTC. */
export const zoneChoices = ["viewer", "machine", "utc"] as const;
export type ZoneChoice = (typeof zoneChoices)[number];

type Preferences = {
  language: Language;
  zone: ZoneChoice;
  setLanguage: (language: Language) => void;
  setZone: (zone: ZoneChoice) => void;
};

const PreferencesContext = createContext<Preferences | null>(null);

export const viewerZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(storedLanguage);
  const [zone, setZone] = useState(storedZone);
  const preferences = useMemo(
    () => ({
      language,
      zone,
      setLanguage: (chosen: Language) => {
        store("culprit-language", chosen);
        setLanguage(chosen);
      },
      setZone: (chosen: ZoneChoice) => {
        store("culprit-zone", chosen);
        setZone(chosen);
      },
    }),
    [language, zone],
  );
  // Before the children render, so that they read their texts in this language.
  overwriteGetLocale(() => language);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return <PreferencesContext value={preferences}>{children}</PreferencesContext>;
}

export function usePreferences(): Preferences {
  const preferences = use(PreferencesContext);
  if (!preferences) throw new Error("usePreferences needs a PreferencesProvider above it");
  return preferences;
}

/** The zone of the machine that all below is about. */
export const MachineZone = createContext<string | undefined>(undefined);

/** The zone to show times in; `machineZone` where one thing on a page is about another machine than the page. */
export function useZone(machineZone?: string): string {
  const { zone } = usePreferences();
  const around = use(MachineZone);
  const own = machineZone ?? around;
  if (zone === "utc") return "UTC";
  return zone === "machine" && own && isZone(own) ? own : viewerZone;
}

export function useChartContext(machineZone?: string): ChartContext {
  const { language } = usePreferences();
  const zone = useZone(machineZone);
  const theme = useComputedColorScheme("light");
  return useMemo(() => ({ locale: language, zone, theme }), [language, zone, theme]);
}

function storedLanguage(): Language {
  const stored = recall("culprit-language");
  return isLocale(stored) ? stored : closestLanguage(navigator.languages);
}

function storedZone(): ZoneChoice {
  const stored = recall("culprit-zone");
  return zoneChoices.find((choice) => choice === stored) ?? "viewer";
}

/** A machine's own word for its zone; the browser may not know it. */
function isZone(zone: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
}

// A browser may forbid storage; the choice then lasts as long as the page.
function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    return;
  }
}

function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
