import { translators } from "../legacy/index.ts";
import type { Routes } from "./policy.ts";

/** Clients of systems that came before, where the settings name them: as they are, and below `/t/<token>`. */
export const legacy: Routes = async (app, { hub }) => {
  for (const name of new Set(hub.settings.legacy.enabled))
    for (const prefix of ["", "/t/:token"]) await app.register(translators[name], { hub, prefix });
};
