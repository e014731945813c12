// What state a spot is in and why, in a sentence: worked out of its station, connectors and charge.

import { ago, duration, energy, power, text } from "./format.ts";
import { t } from "./i18n.svelte.ts";
import type { LiveConnector, LiveSession, LiveSpot, LiveStation } from "./things.ts";

export interface SpotState {
  status: string;
  reason: string;
  watts: number | null;
  session: LiveSession | null;
}

/** In this order a connector speaks for its spot: what needs somebody first, then what goes on. */
const WEIGHT = [
  "Faulted",
  "Charging",
  "SuspendedEVSE",
  "SuspendedEV",
  "Preparing",
  "Finishing",
  "Reserved",
  "Unavailable",
  "Available",
];
const NO_ERROR = "NoError";

export function stateOf(
  spot: LiveSpot,
  station: LiveStation | undefined,
  connectors: LiveConnector[],
  sessions: LiveSession[],
  now: number,
): SpotState {
  const session = sessions[0] ?? null;
  const plain = (status: string, reason: string): SpotState => ({ status, reason, watts: null, session });
  if (spot.charging_station_id === null) return plain("Empty", t("why.no-station"));
  if (station === undefined) return plain("Offline", t("why.never-connected"));
  if (!station.is_enabled) return plain("Unavailable", t("why.disabled"));
  if (!station.is_online) return plain("Offline", offline(connectors, station, now));
  const speaker = speaking(connectors);
  if (speaker === undefined) return plain("Unavailable", t("why.silent"));
  return {
    status: speaker.status,
    reason: why(speaker, session, now),
    watts: session?.power_w ?? null,
    session,
  };
}

function speaking(connectors: LiveConnector[]): LiveConnector | undefined {
  const own = connectors.filter((each) => each.connector_id > 0);
  const candidates = own.length > 0 ? own : connectors;
  const rank = (each: LiveConnector): number => {
    const at = WEIGHT.indexOf(each.status);
    return at < 0 ? WEIGHT.length : at;
  };
  const [first] = [...candidates].sort((a, b) => rank(a) - rank(b));
  const whole = connectors.find((each) => each.connector_id === 0);
  return whole?.status === "Faulted" || whole?.status === "Unavailable" ? whole : first;
}

function why(speaker: LiveConnector, session: LiveSession | null, now: number): string {
  const since = duration(now - new Date(speaker.status_since).getTime());
  switch (speaker.status) {
    case "Charging":
      return charging(session, since);
    case "Faulted":
      return speaker.error_code === NO_ERROR ? t("why.faulted", { since }) : t("why.faulted-by", { code: speaker.error_code, since });
    case "SuspendedEV":
      return t("why.suspended-ev", { since });
    case "SuspendedEVSE":
      return t("why.suspended-evse", { since });
    case "Preparing":
      return t("why.preparing", { since });
    case "Finishing":
      return t("why.finishing", { since });
    case "Reserved":
      return t("why.reserved", { since });
    case "Available":
      return t("why.available", { since });
    case "Unavailable":
      return t("why.unavailable", { since });
    default:
      return t("why.unknown", { status: speaker.status, since });
  }
}

function charging(session: LiveSession | null, since: string): string {
  if (session === null) return t("why.charging", { since });
  const so = text(energy(session.energy_wh));
  const who = session.renter_name ?? t("session.nobody");
  if (session.power_w === null) return t("why.charging-energy", { who, energy: so, since });
  return t("why.charging-power", { who, power: text(power(session.power_w)), energy: so });
}

function offline(connectors: LiveConnector[], station: LiveStation, now: number): string {
  const last = connectors.map((each) => each.status_since).sort().at(-1) ?? station.last_boot_at;
  return last === null || last === undefined ? t("why.never-connected") : t("why.offline", { when: ago(last, now) });
}
