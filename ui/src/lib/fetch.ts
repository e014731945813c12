// Whole lists that are known to be small (a garage's spots, renters, cards, stations).

import { api, got } from "./api.ts";
import { everything, type Page } from "./list.svelte.ts";
import type { Reading, Renter, Session, Spot, Station, Token } from "./things.ts";

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
function byLabel(spots: Spot[]): Spot[] {
  const order = new Intl.Collator(undefined, { numeric: true });
  return [...spots].sort((a, b) => order.compare(a.label, b.label));
}

interface Asked {
  limit?: number;
  cursor?: string;
}

export interface SessionQuery extends Asked {
  renter_id?: number;
  station_id?: string;
  open?: boolean;
  from?: string;
  to?: string;
}

/** One page of charges. */
export async function sessionPage(query: SessionQuery, cursor: string | null = null): Promise<Page<Session>> {
  const asked = { ...query, ...(cursor === null ? {} : { cursor }) };
  return got(api.GET("/sessions", { params: { query: asked } }));
}

/** One page of the meter values of a charge, the newest first. */
export async function readingPage(session_id: number, limit: number, cursor: string | null = null): Promise<Page<Reading>> {
  const query = { limit, ...(cursor === null ? {} : { cursor }) };
  return got(api.GET("/sessions/{session_id}/readings", { params: { path: { session_id }, query } }));
}
