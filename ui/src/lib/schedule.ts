// Limits over time: what people enter for a day, and what a station says holds.

import type { ChargingProfile } from "./things.ts";

export type Purpose = ChargingProfile["charging_profile_purpose"];
export type Unit = ChargingProfile["charging_schedule"]["charging_rate_unit"];

export interface Limits {
  unit: string;
  times: number[];
  values: number[];
  least: number;
  most: number;
}

interface Step {
  from: string;
  limit: string;
}

const DAY_SECONDS = 86_400;

/** A profile as the API takes it: one limit holds always, several come again each day. */
export function profileOf(purpose: Purpose, charging_rate_unit: Unit, steps: Step[]) {
  const charging_schedule_period = steps
    .map((each) => ({ start_period: secondsOf(each.from), limit: Number(each.limit) }))
    .sort((a, b) => a.start_period - b.start_period);
  const isDaily = steps.length > 1;
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  const isFromStart = !isDaily && purpose !== "ChargePointMaxProfile";
  return {
    stack_level: 0,
    charging_profile_purpose: purpose,
    charging_profile_kind: isDaily ? ("Recurring" as const) : isFromStart ? ("Relative" as const) : ("Absolute" as const),
    ...(isDaily ? { recurrency_kind: "Daily" as const } : {}),
    charging_schedule: {
      charging_rate_unit,
      charging_schedule_period,
      ...(isFromStart ? {} : { start_schedule: midnight.toISOString() }),
      ...(isDaily ? { duration: DAY_SECONDS } : {}),
    },
  };
}

/** The least and the most of a schedule. */
export function limitsOf(schedule: ChargingProfile["charging_schedule"]): { unit: string; least: number; most: number } {
  const limits = schedule.charging_schedule_period.map((each) => each.limit);
  return { unit: schedule.charging_rate_unit, least: Math.min(...limits), most: Math.max(...limits) };
}

/** The answer to GetCompositeSchedule as a curve; a limit holds until the next one begins. */
export function scheduleOf(response: unknown): Limits {
  const told = response as {
    scheduleStart?: string;
    chargingSchedule?: { chargingRateUnit: string; duration?: number; startSchedule?: string; chargingSchedulePeriod: { startPeriod: number; limit: number }[] };
  };
  const schedule = told.chargingSchedule;
  if (schedule === undefined || schedule.chargingSchedulePeriod.length === 0) return { unit: "A", times: [], values: [], least: 0, most: 0 };
  const begins = Date.parse(told.scheduleStart ?? schedule.startSchedule ?? new Date().toISOString()) / 1000;
  const periods = [...schedule.chargingSchedulePeriod].sort((a, b) => a.startPeriod - b.startPeriod);
  const values = periods.map((each) => each.limit);
  const last = periods.at(-1) ?? { startPeriod: 0, limit: 0 };
  const ends = Math.max(schedule.duration ?? DAY_SECONDS, last.startPeriod + 1);
  return {
    unit: schedule.chargingRateUnit,
    times: [...periods.map((each) => begins + each.startPeriod), begins + ends],
    values: [...values, last.limit],
    least: Math.min(...values),
    most: Math.max(...values),
  };
}

function secondsOf(clock: string): number {
  const [hours, minutes] = clock.split(":").map(Number);
  return (hours ?? 0) * 3600 + (minutes ?? 0) * 60;
}
