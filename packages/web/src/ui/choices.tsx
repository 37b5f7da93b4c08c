/** The reader's own settings: language, theme, time zone. */
import { NativeSelect, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { locales } from "@culprit/messages/runtime";
import { m } from "@culprit/messages";
import { usePreferences, viewerZone, zoneChoices, type ZoneChoice } from "../preferences.tsx";

/** Each language in its own words, whatever the page speaks now. */
const languageNames: Record<(typeof locales)[number], string> = {
  en: "English",
  "pt-BR": "Português (Brasil)",
  es: "Español",
};

export function LanguageChoice() {
  const { language, setLanguage } = usePreferences();
  return (
    <NativeSelect
      label={m.language()}
      value={language}
      data={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
      onChange={({ currentTarget }) =>
        setLanguage(locales.find((locale) => locale === currentTarget.value) ?? language)
      }
    />
  );
}

export function ThemeChoice() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div>
      <span className="choice-label" id="theme-choice">
        {m.theme()}
      </span>
      <SegmentedControl
        aria-labelledby="theme-choice"
        value={colorScheme}
        onChange={setColorScheme}
        data={[
          { value: "auto", label: m.theme_system() },
          { value: "light", label: m.theme_light() },
          { value: "dark", label: m.theme_dark() },
        ]}
      />
    </div>
  );
}

const zoneNames: Record<ZoneChoice, () => string> = {
  viewer: () => m.zone_viewer({ zone: viewerZone }),
  machine: m.zone_machine,
  utc: m.zone_utc,
};

export function ZoneChoiceSelect() {
  const { zone, setZone } = usePreferences();
  return (
    <NativeSelect
      label={m.time_zone()}
      value={zone}
      data={zoneChoices.map((choice) => ({ value: choice, label: zoneNames[choice]() }))}
      onChange={({ currentTarget }) =>
        setZone(zoneChoices.find((choice) => choice === currentTarget.value) ?? zone)
      }
    />
  );
}
