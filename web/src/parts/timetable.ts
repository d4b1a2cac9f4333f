/** A timetable as the planner writes it; times are seconds from the first day's midnight. */
export interface Window { day: number; start: number; end: number }
export interface Class { id: string; name: string; college: number; heads: number; p?: number; busy: [number, number][]; pin?: { station?: number; start?: number } }
export interface Problem {
  stations: { name: string; windows?: Window[] }[];
  windows: Window[];
  colleges: { name: string }[];
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
