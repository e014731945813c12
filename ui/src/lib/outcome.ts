// How a command ended, told apart at a glance: family of colour, icon and words.

import type { Component } from "svelte";
import Check from "@lucide/svelte/icons/check";
import CircleHelp from "@lucide/svelte/icons/circle-question-mark";
import CircleSlash from "@lucide/svelte/icons/circle-slash";
import Hand from "@lucide/svelte/icons/hand";
import Hourglass from "@lucide/svelte/icons/hourglass";
import LoaderCircle from "@lucide/svelte/icons/loader-circle";
import TriangleAlert from "@lucide/svelte/icons/triangle-alert";
import Unplug from "@lucide/svelte/icons/unplug";
import WifiOff from "@lucide/svelte/icons/wifi-off";
import { t } from "./i18n.svelte.ts";
import type { Family } from "./status.ts";
import type { Command } from "./things.ts";

export interface Outcome {
  family: Family;
  border: "plain" | "dashed" | "outline";
  icon: Component;
  words: string;
}

/** The words with which a station says no, although it answers. */
const NO = new Set([
  "Rejected",
  "NotSupported",
  "NotImplemented",
  "UnlockFailed",
  "Failed",
  "Faulted",
  "Occupied",
  "Unavailable",
  "VersionMismatch",
  "UnknownMessageId",
  "UnknownVendorId",
  "Unknown",
  "NotFound",
  "InvalidCertificate",
  "RevokedCertificate",
]);

/** Whether the word of an answer is a no. */
export function isNo(word: string | null): boolean {
  return word !== null && NO.has(word);
}

/** The word of a station's answer, where it has one: Accepted, Rejected, ... */
export function statusIn(response: unknown): string | null {
  const status = (response as { status?: unknown } | null)?.status;
  return typeof status === "string" ? status : null;
}

export function outcomeOf(command: Command): Outcome {
  switch (command.status) {
    case "answered":
      return answered(statusIn(command.response));
    case "call-error":
      return { family: "problem", border: "plain", icon: TriangleAlert, words: t("outcome.call-error", { code: command.code ?? "?" }) };
    case "broken-answer":
      return { family: "problem", border: "plain", icon: CircleHelp, words: t("outcome.broken-answer") };
    case "timeout":
      return { family: "waiting", border: "dashed", icon: Hourglass, words: t("outcome.timeout") };
    case "connection-lost":
      return { family: "waiting", border: "dashed", icon: Unplug, words: t("outcome.connection-lost") };
    case "unknown":
      return { family: "waiting", border: "dashed", icon: CircleHelp, words: t("outcome.unknown") };
    case "open":
      return { family: "plugged", border: "plain", icon: LoaderCircle, words: t("outcome.open") };
    case "offline":
      return { family: "out", border: "outline", icon: WifiOff, words: t("outcome.offline") };
    default:
      return { family: "out", border: "outline", icon: CircleSlash, words: t(`outcome.${command.status}`) };
  }
}

function answered(word: string | null): Outcome {
  if (isNo(word)) return { family: "waiting", border: "plain", icon: Hand, words: t("outcome.refused", { status: word ?? "" }) };
  return { family: "idle", border: "plain", icon: Check, words: word === null ? t("outcome.answered") : t("outcome.agreed", { status: word }) };
}
