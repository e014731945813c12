// What the search finds: spots, renters, cards and stations by any of their words.

import { allRenters, allSpots, allStations, allTokens } from "./fetch.ts";
import { t } from "./i18n.svelte.ts";
import { may } from "./me.svelte.ts";

export type Noun = "spot" | "renter" | "card" | "station";

export interface Hit {
  noun: Noun;
  name: string;
  about: string;
  href: string;
  /** All words of it in small letters, one text. */
  words: string;
}

const MOST = 12;

/** Fetch what this person may see. */
export async function searchable(): Promise<Hit[]> {
  const [spots, renters, cards, stations] = await Promise.all([
    may("GET", "/spots/{spot_id}") && may("GET", "/stations/{station_id}/boots") ? allSpots() : [],
    may("GET", "/renters") ? allRenters() : [],
    may("GET", "/tokens") ? allTokens() : [],
    may("GET", "/stations/{station_id}/boots") ? allStations() : [],
  ]);
  return [
    ...spots.map((each) => hit("spot", each.label, [each.floor_level, each.renter_name, each.charging_station_id], `/spots/${each.id}`)),
    ...renters.map((each) => hit("renter", each.name, [each.contact_email, each.spots.join(", "), each.is_active ? null : t("renter.past")], `/people/${each.id}`)),
    ...cards.map((each) => hit("card", each.token, [each.renter_name, each.description, each.status === "Accepted" ? null : t("card.is-blocked")], `/people?part=cards&q=${encodeURIComponent(each.token)}`)),
    ...stations.map((each) => hit("station", each.id, [each.spot_label, [each.vendor, each.model].filter(Boolean).join(" ")], `/stations/${encodeURIComponent(each.id)}`)),
  ];
}

/** Those in which all wanted words are; names that begin with what was typed come first. */
export function find(all: Hit[], typed: string): Hit[] {
  const wanted = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [];
  const rank = (each: Hit): number => (each.name.toLocaleLowerCase().startsWith(wanted[0] ?? "") ? 0 : 1);
  return all
    .filter((each) => wanted.every((word) => each.words.includes(word)))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, MOST);
}

function hit(noun: Noun, name: string, about: (string | null | undefined)[], href: string): Hit {
  const told = about.filter((each): each is string => Boolean(each));
  return { noun, name, about: told.join(" · "), href, words: [name, ...told].join(" ").toLocaleLowerCase() };
}
