import { doubleText } from "./double.js";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `14 Nov 2023 22:15` UTC. The calendar is computed, not asked of the machine. */
export function utcTime(timestamp: number): string {
  const { day, month, year } = utcDate(timestamp);
  return `${day} ${MONTHS[month]} ${year} ${clockTime(timestamp)}`;
}

/** `14 Nov 2023` UTC. */
export function utcDay(timestamp: number): string {
  const { day, month, year } = utcDate(timestamp);
  return `${day} ${MONTHS[month]} ${year}`;
}

/** `22:15` UTC. */
export function clockTime(timestamp: number): string {
  const minutes = Math.floor((((timestamp % 86_400) + 86_400) % 86_400) / 60);
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** `45 s`, `20 min`, `1.5 h`, `3 days`: the largest unit that the span fills. */
export function durationText(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400, seconds === 86_400 ? "day" : "days"],
    [3600, "h"],
    [60, "min"],
  ];
  const [size, name] = units.find(([least]) => seconds >= least) ?? [1, "s"];
  return `${doubleText(Math.round((seconds / size) * 100) / 100)} ${name}`;
}

function utcDate(timestamp: number): { day: number; month: number; year: number } {
  const date = new Date(Math.floor(timestamp / 86_400) * 86_400_000);
  return { day: date.getUTCDate(), month: date.getUTCMonth(), year: date.getUTCFullYear() };
}

const two = (number: number): string => `${number}`.padStart(2, "0");
