// The garage as a whole: its name, and whether it is locked.

import { api, got } from "./api.ts";
import type { Site } from "./things.ts";

let site = $state.raw<Site | null>(null);

export function siteNow(): Site | null {
  return site;
}

export function useSite(found: Site): void {
  site = found;
}

/** Ask for it anew; what was known stays where the server does not answer. */
export async function askSite(): Promise<void> {
  site = await got(api.GET("/garage", {})).catch(() => site);
}
