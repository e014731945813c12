// The course of a charge out of its meter values: the register, and power, measured or worked out.

import type { Reading } from "./things.ts";

export interface Curve {
  times: number[];
  values: number[];
}

/** Up to three curves over the same times; a gap is null. */
export interface Phases {
  unit: "A" | "kW";
  times: number[];
  lines: { label: string; values: (number | null)[] }[];
}

export interface Course {
  register: Curve;
  power: Curve;
  phases: Phases | null;
}

const REGISTER = "Energy.Active.Import.Register";
const POWER = "Power.Active.Import";
const CURRENT = "Current.Import";
const PHASES = ["L1", "L2", "L3"] as const;
const THOUSAND = new Set(["kWh", "kW"]);

/** The curves over time in seconds, in Wh and W; power is that of the register if none was told. */
export function courseOf(readings: Reading[]): Course {
  const register = curveOf(readings, REGISTER);
  const measured = curveOf(readings, POWER);
  return { register, power: measured.times.length > 1 ? measured : slopeOf(register), phases: phasesOf(readings, CURRENT) ?? phasesOf(readings, POWER) };
}

function curveOf(readings: Reading[], measurand: string, phase: string | null = null): Curve {
  const found = new Map<number, number>();
  for (const each of readings) {
    if (each.measurand !== measurand || each.value === null || (each.phase?.slice(0, 2) ?? null) !== phase) continue;
    const at = Math.round(new Date(each.timestamp).getTime() / 1000);
    found.set(at, each.value * (THOUSAND.has(each.unit) ? 1000 : 1));
  }
  const times = [...found.keys()].sort((a, b) => a - b);
  return { times, values: times.map((at) => found.get(at) ?? 0) };
}

/** Current by phase, or power where a station tells that instead: the lines L1 to L3 that it has. */
function phasesOf(readings: Reading[], measurand: string): Phases | null {
  const curves = PHASES.map((phase) => ({ label: phase, ...curveOf(readings, measurand, phase) })).filter((each) => each.times.length > 0);
  const times = [...new Set(curves.flatMap((each) => each.times))].sort((a, b) => a - b);
  if (times.length < 2) return null;
  const share = measurand === POWER ? 1000 : 1;
  const lines = curves.map(({ label, ...curve }) => {
    const at = new Map(curve.times.map((time, index) => [time, (curve.values[index] ?? 0) / share]));
    return { label, values: times.map((time) => at.get(time) ?? null) };
  });
  return { unit: measurand === POWER ? "kW" : "A", times, lines };
}

function slopeOf(register: Curve): Curve {
  const times: number[] = [];
  const values: number[] = [];
  for (let index = 1; index < register.times.length; index += 1) {
    const from = register.times[index - 1] ?? 0;
    const to = register.times[index] ?? 0;
    if (to <= from) continue;
    times.push(to);
    values.push((((register.values[index] ?? 0) - (register.values[index - 1] ?? 0)) * 3600) / (to - from));
  }
  return { times, values };
}

/** The readings from a moment on (seconds). */
export function since(readings: Reading[], seconds: number): Reading[] {
  return seconds === 0 ? readings : readings.filter((each) => Date.parse(each.timestamp) / 1000 >= seconds);
}
