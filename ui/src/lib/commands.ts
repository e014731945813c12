// Every command that OCPP 1.6 has for a station, with the fields of its form.

import { Problem, sent } from "./api.ts";

export type Kind = "text" | "number" | "switch" | "choice" | "time" | "json";

export interface FormField {
  name: string;
  kind: Kind;
  required?: boolean;
  choices?: readonly string[];
  value?: string;
}

export interface CommandForm {
  action: string;
  group: "charging" | "station" | "settings" | "cards" | "files" | "profiles" | "certificates";
  fields: readonly FormField[];
}

const connector: FormField = { name: "connectorId", kind: "number", required: true, value: "1" };
const choice = (name: string, ...choices: string[]): FormField => ({ name, kind: "choice", required: true, choices });
const text = (name: string, required = false): FormField => ({ name, kind: "text", required });
const number = (name: string, required = false): FormField => ({ name, kind: "number", required });
const time = (name: string, required = false): FormField => ({ name, kind: "time", required });
const json = (name: string, value: object, required = true): FormField => ({
  name,
  kind: "json",
  required,
  value: JSON.stringify(value, null, 2),
});

const PROFILE = {
  chargingProfileId: 1,
  stackLevel: 0,
  chargingProfilePurpose: "TxDefaultProfile",
  chargingProfileKind: "Relative",
  chargingSchedule: { chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }] },
};
/** In place of an address: that of this central system. */
const OURS = "onetime";
const HASHES = { hashAlgorithm: "SHA256", issuerNameHash: "", issuerKeyHash: "", serialNumber: "" };

export const COMMANDS: readonly CommandForm[] = [
  { action: "RemoteStartTransaction", group: "charging", fields: [text("idTag", true), number("connectorId")] },
  { action: "RemoteStopTransaction", group: "charging", fields: [number("transactionId", true)] },
  { action: "UnlockConnector", group: "charging", fields: [connector] },
  { action: "ReserveNow", group: "charging", fields: [connector, text("idTag", true), time("expiryDate", true), text("parentIdTag")] },
  { action: "CancelReservation", group: "charging", fields: [number("reservationId", true)] },
  { action: "ChangeAvailability", group: "station", fields: [connector, choice("type", "Operative", "Inoperative")] },
  { action: "Reset", group: "station", fields: [choice("type", "Soft", "Hard")] },
  {
    action: "TriggerMessage",
    group: "station",
    fields: [
      choice("requestedMessage", "StatusNotification", "MeterValues", "BootNotification", "Heartbeat", "DiagnosticsStatusNotification", "FirmwareStatusNotification"),
      number("connectorId"),
    ],
  },
  {
    action: "ExtendedTriggerMessage",
    group: "station",
    fields: [
      choice("requestedMessage", "StatusNotification", "MeterValues", "BootNotification", "Heartbeat", "LogStatusNotification", "FirmwareStatusNotification", "SignChargePointCertificate"),
      number("connectorId"),
    ],
  },
  { action: "DataTransfer", group: "station", fields: [text("vendorId", true), text("messageId"), text("data")] },
  { action: "GetConfiguration", group: "settings", fields: [{ name: "key", kind: "text" }] },
  { action: "ChangeConfiguration", group: "settings", fields: [text("key", true), text("value", true)] },
  { action: "ClearCache", group: "cards", fields: [] },
  { action: "GetLocalListVersion", group: "cards", fields: [] },
  { action: "SendLocalList", group: "cards", fields: [choice("updateType", "Full", "Differential"), json("localAuthorizationList", [], false)] },
  { action: "GetDiagnostics", group: "files", fields: [{ ...text("location", true), value: OURS }, time("startTime"), time("stopTime")] },
  { action: "GetLog", group: "files", fields: [choice("logType", "DiagnosticsLog", "SecurityLog"), json("log", { remoteLocation: OURS })] },
  { action: "UpdateFirmware", group: "files", fields: [text("location", true), time("retrieveDate", true)] },
  { action: "SignedUpdateFirmware", group: "files", fields: [json("firmware", { location: "", retrieveDateTime: "", signingCertificate: "", signature: "" })] },
  { action: "SetChargingProfile", group: "profiles", fields: [connector, json("csChargingProfiles", PROFILE)] },
  { action: "ClearChargingProfile", group: "profiles", fields: [number("id"), number("connectorId"), number("stackLevel")] },
  { action: "GetCompositeSchedule", group: "profiles", fields: [connector, { name: "duration", kind: "number", required: true, value: "3600" }] },
  { action: "GetInstalledCertificateIds", group: "certificates", fields: [choice("certificateType", "CentralSystemRootCertificate", "ManufacturerRootCertificate")] },
  { action: "InstallCertificate", group: "certificates", fields: [choice("certificateType", "CentralSystemRootCertificate", "ManufacturerRootCertificate"), text("certificate", true)] },
  { action: "DeleteCertificate", group: "certificates", fields: [json("certificateHashData", HASHES)] },
  { action: "CertificateSigned", group: "certificates", fields: [text("certificateChain", true)] },
];

export const GROUPS = ["charging", "station", "settings", "cards", "files", "profiles", "certificates"] as const;

/** What became of a command, whichever of the three ways it ended. */
export interface Told {
  id: number | null;
  ended: "answered" | "refused" | "pending" | "silent";
  sentence: string;
  response: unknown;
  latencyMs: number | null;
}

/** Put what was typed into a payload; fields left empty are left out. Throws SyntaxError on broken JSON. */
export function payloadOf(form: CommandForm, typed: Record<string, string | number>): Record<string, unknown> {
  const payload: Record<string, unknown> = {};
  for (const field of form.fields) {
    const value = String(typed[field.name] ?? "").trim(); // a number field gives a number
    if (value === "") continue;
    payload[field.name] = valueOf(form, field, value);
  }
  return payload;
}

function valueOf(form: CommandForm, field: FormField, value: string): unknown {
  if (field.kind === "number") return Number(value);
  if (field.kind === "json") return JSON.parse(value);
  if (field.kind === "time") return new Date(value).toISOString().replace(/\.\d+Z$/, "Z");
  if (form.action === "GetConfiguration") return value.split(/[\s,]+/);
  return value;
}

/** Send a command and wait for what the station says. */
export async function command(stationId: string, action: string, payload: object): Promise<Told> {
  try {
    const found = (await sent("POST", `/stations/${encodeURIComponent(stationId)}/commands/${action}`, payload)) as {
      id: number;
      response: unknown;
      latency_ms: number | null;
    };
    return { id: found.id, ended: "answered", sentence: "", response: found.response, latencyMs: found.latency_ms };
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    const told = (thrown.document ?? {}) as { command_id?: number; raw_answer?: string; station_code?: string; latency_ms?: number };
    if (told.command_id === undefined) throw thrown;
    return {
      id: told.command_id,
      ended: thrown.status === 504 ? "silent" : "refused",
      sentence: thrown.sentence,
      response: told.raw_answer ?? told.station_code ?? null,
      latencyMs: told.latency_ms ?? null,
    };
  }
}
