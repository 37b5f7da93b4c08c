/** What the command line may use of the hub. */
export { startHub, type RunningHub } from "./main.ts";
export { hubSettings, type HubSettings, type HubSettingsInput } from "./settings.ts";
export { requestUserReset } from "./auth/user-reset.ts";
