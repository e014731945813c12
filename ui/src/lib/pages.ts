// Every page: its address, who may see it, where it stands in the menu, and how it is loaded.

import type { Component } from "svelte";
import ClipboardCheck from "@lucide/svelte/icons/clipboard-check";
import LayoutGrid from "@lucide/svelte/icons/layout-grid";
import ListChecks from "@lucide/svelte/icons/list-checks";
import ReceiptText from "@lucide/svelte/icons/receipt-text";
import Settings from "@lucide/svelte/icons/settings";
import Users from "@lucide/svelte/icons/users";
import Zap from "@lucide/svelte/icons/zap";
import type { Key } from "./i18n.svelte.ts";

export type Role = "owner" | "manager" | "installer" | "accountant" | "renter";
export type Parameters = Record<string, string>;

export interface PageOf {
  pattern: string;
  roles: readonly Role[];
  load: () => Promise<{ default: Component<{ parameters: Parameters }> | Component }>;
  /** `key` goes there after a `g`; `short` stands where there is little room. */
  menu?: { label: Key; short?: Key; icon: Component; key: string };
}

const STAFF = ["owner", "manager", "installer", "accountant"] as const;
const TECHNICAL = ["owner", "manager", "installer"] as const;
const KEEPERS = ["owner", "manager"] as const;

export const PAGES: readonly PageOf[] = [
  {
    pattern: "/",
    roles: TECHNICAL,
    load: () => import("../pages/Garage.svelte"),
    menu: { label: "menu.garage", icon: LayoutGrid, key: "h" },
  },
  {
    pattern: "/commissioning",
    roles: TECHNICAL,
    load: () => import("../pages/Commissioning.svelte"),
    menu: { label: "menu.commissioning", short: "menu.commissioning-short", icon: ClipboardCheck, key: "c" },
  },
  { pattern: "/commissioning/:id", roles: TECHNICAL, load: () => import("../pages/CommissionSpot.svelte") },
  {
    pattern: "/my",
    roles: ["renter"],
    load: () => import("../pages/MyCharging.svelte"),
    menu: { label: "menu.my", icon: Zap, key: "h" },
  },
  { pattern: "/garage/draw", roles: KEEPERS, load: () => import("../pages/DrawGarage.svelte") },
  { pattern: "/spots/:id", roles: TECHNICAL, load: () => import("../pages/Spot.svelte") },
  { pattern: "/stations/:id", roles: TECHNICAL, load: () => import("../pages/Station.svelte") },
  {
    pattern: "/sessions",
    roles: STAFF,
    load: () => import("../pages/Sessions.svelte"),
    menu: { label: "menu.sessions", icon: ReceiptText, key: "s" },
  },
  { pattern: "/sessions/:id", roles: STAFF, load: () => import("../pages/Session.svelte") },
  {
    pattern: "/people",
    roles: KEEPERS,
    load: () => import("../pages/People.svelte"),
    menu: { label: "menu.people", short: "menu.people-short", icon: Users, key: "p" },
  },
  { pattern: "/people/:id", roles: KEEPERS, load: () => import("../pages/Renter.svelte") },
  {
    pattern: "/review",
    roles: KEEPERS,
    load: () => import("../pages/Review.svelte"),
    menu: { label: "menu.review", icon: ListChecks, key: "r" },
  },
  {
    pattern: "/system",
    roles: [...STAFF, "renter"],
    load: () => import("../pages/System.svelte"),
    menu: { label: "menu.system", icon: Settings, key: "y" },
  },
];

/** The first page of a role. */
export function homeOf(role: Role): string {
  if (role === "renter") return "/my";
  return role === "accountant" ? "/sessions" : "/";
}
