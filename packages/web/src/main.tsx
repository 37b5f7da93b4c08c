import "./schema-mode.ts";
import "@mantine/core/styles.css";
import "./app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { queryClient } from "./api/client.ts";
import { PreferencesProvider, usePreferences } from "./preferences.tsx";
import { router } from "./router.tsx";
import { theme } from "./theme.ts";

/** Texts are read while rendering, so another language renders all anew; the router keeps the place. */
function Dashboard() {
  const { language } = usePreferences();
  return <RouterProvider key={language} router={router} />;
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <PreferencesProvider>
          <Dashboard />
        </PreferencesProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
