// Whole lists that are known to be small (a garage's spots, renters, cards, stations).

import { api, got } from "./api.ts";
import { everything } from "./list.svelte.ts";
import type { Renter, Spot, Station, Token } from "./things.ts";

const LARGEST = 1000;

const page = (cursor: string | null) => ({
  params: { query: { limit: LARGEST, ...(cursor === null ? {} : { cursor }) } },
});

export const allRenters = (): Promise<Renter[]> =>
  everything((cursor) => got(api.GET("/renters", page(cursor))));

export const allSpots = async (): Promise<Spot[]> =>
  byLabel(await everything<Spot>((cursor) => got(api.GET("/spots", page(cursor)))));

export const allTokens = (): Promise<Token[]> =>
  everything((cursor) => got(api.GET("/tokens", page(cursor))));

export const allStations = (): Promise<Station[]> =>
  everything((cursor) => got(api.GET("/stations", page(cursor))));

/** Spots in the order in which people count them: B1-2 before B1-10. */
export function byLabel(spots: Spot[]): Spot[] {
  const order = new Intl.Collator(undefined, { numeric: true });
  return [...spots].sort((a, b) => order.compare(a.label, b.label));
}
