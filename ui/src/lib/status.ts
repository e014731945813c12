// What a spot's state looks like and how it is said: family of colour, icon, border, words.

import type { Component } from "svelte";
import Ban from "@lucide/svelte/icons/ban";
import Check from "@lucide/svelte/icons/check";
import CheckCheck from "@lucide/svelte/icons/check-check";
import Hourglass from "@lucide/svelte/icons/hourglass";
import Lock from "@lucide/svelte/icons/lock";
import Pause from "@lucide/svelte/icons/pause";
import Plug from "@lucide/svelte/icons/plug";
import SquareDashed from "@lucide/svelte/icons/square-dashed";
import TriangleAlert from "@lucide/svelte/icons/triangle-alert";
import WifiOff from "@lucide/svelte/icons/wifi-off";
import Zap from "@lucide/svelte/icons/zap";
import type { Key } from "./i18n.svelte.ts";

export type Family = "idle" | "plugged" | "active" | "waiting" | "problem" | "out";

export type Status =
  | "Available"
  | "Preparing"
  | "Charging"
  | "SuspendedEV"
  | "SuspendedEVSE"
  | "Finishing"
  | "Reserved"
  | "Unavailable"
  | "Faulted"
  | "Offline"
  | "Empty";

export interface Look {
  family: Family;
  icon: Component;
  border: "plain" | "dashed" | "double" | "hatched" | "outline";
  words: Key;
}

export const LOOKS: Record<Status, Look> = {
  Available: { family: "idle", icon: Check, border: "plain", words: "status.available" },
  Preparing: { family: "plugged", icon: Plug, border: "plain", words: "status.preparing" },
  Finishing: { family: "plugged", icon: CheckCheck, border: "plain", words: "status.finishing" },
  Reserved: { family: "plugged", icon: Lock, border: "double", words: "status.reserved" },
  Charging: { family: "active", icon: Zap, border: "plain", words: "status.charging" },
  SuspendedEV: { family: "waiting", icon: Pause, border: "plain", words: "status.suspended-ev" },
  SuspendedEVSE: {
    family: "waiting",
    icon: Hourglass,
    border: "dashed",
    words: "status.suspended-evse",
  },
  Faulted: { family: "problem", icon: TriangleAlert, border: "plain", words: "status.faulted" },
  Unavailable: { family: "out", icon: Ban, border: "hatched", words: "status.unavailable" },
  Offline: { family: "out", icon: WifiOff, border: "outline", words: "status.offline" },
  Empty: { family: "out", icon: SquareDashed, border: "outline", words: "status.empty" },
};

/** The look of a status word, also of one that OCPP does not know. */
export function lookOf(status: string): Look {
  return LOOKS[status as Status] ?? LOOKS.Unavailable;
}
