/** A timetable as the planner writes it; times are seconds from the first day's midnight. */
export interface Window { day: number; start: number; end: number }
export interface Class { id: string; name: string; college: number; heads: number; p?: number; busy: [number, number][]; pin?: { station?: number; start?: number } }
export interface Station { name: string; windows?: Window[]; sec_per_student?: number }
export interface College { name: string; only?: [number, number][]; prefer?: [number, number][] }
export interface Problem {
  stations: Station[];
  windows: Window[];
  colleges: College[];
  classes: Class[];
  [more: string]: unknown;
}
export interface Assignment { class: string; station: number; start: number; end: number }
export interface Plan {
  assignments: Assignment[];
  unplaced: { class: string; reason: string }[];
  score?: { pieces: number; split_colleges: number; finish: number } | null;
  bounds?: { pieces: number; finish: number } | null;
}

export const DAY = 86_400;

/** The time of day, in whole minutes. */
export function clock(time: number): string {
  const minutes = Math.floor((((time % DAY) + DAY) % DAY) / 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

const time = /^(?:(\d{1,3})\/)?(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/;

/** Reads `8:30-12:00, 2/14:30-18:00`: hours of every day, or of the day before the stroke; undefined where it is something else. */
export function readHours(text: string, days: number): Window[] | undefined {
  const parts = text.replaceAll("：", ":").replaceAll(/[—–~～至]+/g, "-").split(/[,，、;；\n]/).map((part) => part.replaceAll(/\s/g, "")).filter(Boolean);
  const read = parts.map((part) => {
    const [, only, ...numbers] = time.exec(part) ?? [];
    const [from, fromMinute, to, toMinute] = numbers.map(Number) as [number, number, number, number];
    const [start, end] = [from * 3600 + fromMinute * 60, to * 3600 + toMinute * 60];
    if (!(start < end && end <= DAY && fromMinute < 60 && toMinute < 60) || Number(only) < 1 || Number(only) > days) return undefined;
    const on = only ? [Number(only) - 1] : Array.from({ length: days }, (_, day) => day);
    return on.map((day) => ({ day, start: day * DAY + start, end: day * DAY + end }));
  });
  return read.includes(undefined) ? undefined : (read.flat() as Window[]).sort((a, b) => a.start - b.start);
}

/** Writes hours so that {@link readHours} reads them. */
export function writeHours(blocks: [number, number][], days: number): string {
  const on = new Map<string, number[]>();
  for (const [start, end] of blocks) {
    const day = Math.floor(start / DAY);
    const text = `${clock(start)}-${end === (day + 1) * DAY ? "24:00" : clock(end)}`;
    on.set(text, [...(on.get(text) ?? []), day]);
  }
  return [...on].flatMap(([text, at]) => (at.length === days ? [text] : at.map((day) => `${day + 1}/${text}`))).join(", ");
}
