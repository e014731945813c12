// Every spot with its state, worked out anew when the live channel tells something.

import { live } from "./live.svelte.ts";
import { nowAbout } from "./now.svelte.ts";
import { stateOf, type SpotState } from "./state.ts";
import type { LiveConnector, LiveSession, LiveSpot } from "./things.ts";

export interface Placed extends SpotState {
  spot: LiveSpot;
}

const order = new Intl.Collator(undefined, { numeric: true });

/** All spots in the order of their labels. */
export function placedSpots(): Placed[] {
  const connectors = grouped([...live.connectors.values()]);
  const sessions = grouped([...live.sessions.values()]);
  return [...live.spots.values()]
    .sort((a, b) => order.compare(a.label, b.label))
    .map((spot) => {
      const id = spot.charging_station_id ?? "";
      const state = stateOf(spot, live.stations.get(id), connectors.get(id) ?? [], sessions.get(id) ?? [], nowAbout());
      return { spot, ...state };
    });
}

function grouped<T extends LiveConnector | LiveSession>(things: T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const each of things) {
    const group = found.get(each.station_id);
    if (group) group.push(each);
    else found.set(each.station_id, [each]);
  }
  return found;
}
