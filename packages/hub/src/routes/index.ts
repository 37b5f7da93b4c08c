/** All routes of the hub. A test compares these lists with the folder. */
import type { Routes } from "./policy.ts";

/** Under /api/v1, for people and scripts. */
export const apiRoutes: Record<string, Routes> = {};
