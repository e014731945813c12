// The course of a charge out of its meter values: the register, and power, measured or worked out.

import type { Reading } from "./things.ts";

export interface Curve {
  times: number[];
  values: number[];
}

export interface Course {
  register: Curve;
  power: Curve;
}

const REGISTER = "Energy.Active.Import.Register";
const POWER = "Power.Active.Import";
const THOUSAND = new Set(["kWh", "kW"]);

/** The curves over time in seconds, in Wh and W; power is that of the register if none was told. */
export function courseOf(readings: Reading[]): Course {
  const register = curveOf(readings, REGISTER);
  const measured = curveOf(readings, POWER);
  return { register, power: measured.times.length > 1 ? measured : slopeOf(register) };
}

function curveOf(readings: Reading[], measurand: string): Curve {
  const found = new Map<number, number>();
  for (const each of readings) {
    if (each.measurand !== measurand || each.value === null || each.phase) continue;
    const at = Math.round(new Date(each.timestamp).getTime() / 1000);
    found.set(at, each.value * (THOUSAND.has(each.unit) ? 1000 : 1));
  }
  const times = [...found.keys()].sort((a, b) => a - b);
  return { times, values: times.map((at) => found.get(at) ?? 0) };
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
