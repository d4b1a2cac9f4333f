/** The station's state as its program shows it, and what the operator can ask of it. */
import { reactive } from "vue";
import { letters } from "../parts/shortcuts";
import { i18n } from "./words";

export interface Line {
  day: number; running: number; number: string; state: "active" | "card" | "accepted" | "void"; name: string; document: string; level: string;
  class: { name: string; place: number; of: number } | null; scanned_ms: number; ended_ms: number; signed: boolean; signature: string | null; unsigned: string;
  reason: string; looks: Looked[]; overrides: string[];
}
export interface Looked { check: string; result: "fine" | "mended" | "exception" | "refused"; reason: string; witness: string }
export interface Finding { rule: string; verdict: string; message: string }
export interface Take {
  id: string; verdict: "pass" | "warn" | "unknown" | "fail"; state: "waiting" | "accepted" | "aside"; took_ms: number; arrived_ms: number;
  findings_zh: Finding[]; findings_en: Finding[];
}
export interface Concern { guard: string; zh: string; en: string; todo_zh: string; todo_en: string }
export interface Scanned { result: "active" | "same" | "asks" | "waits" | "stopped" | "unlinked"; line: Line | null; concerns: Concern[]; code: string | null }
export interface View {
  station: string; campaign: string; title: string; operator: string; day: number; now_ms: number; active: (Line & { takes: Take[] }) | null; next: boolean;
  checks: { name: string; zh: string; en: string }[]; last: Line | null; unsigned: Line[];
  strays: { id: string; why: "no-active" | "too-soon" | "unreadable" | "impossible"; arrived_ms: number }[];
  heard: { at_ms: number; file: string; became: "take" | "duplicate" | "stray" | "impossible" | "trouble"; zh: string; en: string } | null;
  sessions: { name: string; starts_ms: number; ends_ms: number; heads: number; done: number; here: boolean }[];
  scanned: number; accepted: number; void: number; pace_s: number | null; left: number; ends_ms: number | null; late_s: number; open: boolean; incidents: number;
  outbox: { packets: number; receipts: number; waiting_bytes: number; online: boolean | null; trouble_zh: string | null; trouble_en: string | null; sending: [number, number] | null };
  card: { progress: [number, number] | null; read: boolean; trouble_zh: string | null; trouble_en: string | null };
}
export interface CardFile { at: number; name: string; taken_ms: number | null; known: boolean; whose: "sure" | "unsure" | "key"; numbers: Line[] }
export interface CardSheet { files: CardFile[]; missing: Line[]; waiting: (Line & { takes: Take[] })[] }
export interface Balance {
  scanned: number; accepted: number; void: number; on_card: number; open: number; signed: number; strays: number; packets: number; receipts: number;
  shots: number; aside: number; undecided: number; against: [string, string][]; closes: boolean;
}
/** What is looked at before the first student. */
export interface Opening {
  items: string[]; lights_k: [number, number]; free_bytes: number; needed_bytes: number;
  opening: { lights_k: number; operator: string; at_ms: number } | null;
}
export const incidentKinds = ["power", "light", "camera", "computer", "dispute", "other"] as const;
export interface Incident { what: (typeof incidentKinds)[number]; words: string; number: string; operator: string; at_ms: number }
export interface Class { name: string; accepted: number; open: string[]; unsigned: string[]; missing: number[]; done_ms: number | null }

export const booth = reactive({ view: null as View | null, connected: true });

/** Follows the program's state; every change comes by itself. */
export function follow(): void {
  const events = new EventSource("/api/station/events");
  events.onmessage = (event) => {
    booth.view = JSON.parse(event.data as string) as View;
    booth.connected = true;
  };
  events.onerror = () => (booth.connected = false);
}

/** A problem as the program words it. */
class Problem extends Error {
  constructor(message: string, readonly kind: string) {
    super(message);
  }
}

/** Asks the program; `body` is JSON unless it is a picture. */
export async function ask<T>(path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { "Accept-Language": i18n.global.locale.value };
  const init: RequestInit = { headers };
  if (body !== undefined) {
    init.method = "POST";
    init.body = body instanceof Blob ? body : JSON.stringify(body);
    headers["Content-Type"] = body instanceof Blob ? "application/octet-stream" : "application/json";
  }
  const answer = await fetch(`/api/station/${path}`, init);
  const text = await answer.text();
  const data: unknown = text ? JSON.parse(text) : undefined;
  if (!answer.ok) {
    const problem = data as { detail?: string; type?: string } | undefined;
    throw new Problem(problem?.detail ?? answer.statusText, problem?.type?.replace("/problems/", "") ?? "");
  }
  return data as T;
}

/** The student's signature goes into the register, or why there is none. */
export const sign = (line: Line, signature: string, unsigned = ""): Promise<void> => ask(`numbers/${line.day}/${line.running}/signature`, { signature, unsigned });

/** A moment in China. */
export const clock = (ms: number): string => new Date(ms).toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });

/** One of two languages. */
export const pick = (zh: string, en: string): string => (i18n.global.locale.value === "en" ? en : zh);

let audio: AudioContext | undefined;
/** Short tones: the operator looks at the student, not at the screen. */
export function sound(what: "scan" | "pass" | "look" | "fail" | "ask"): void {
  const tones = { scan: [880], pass: [660, 990], look: [660, 660], fail: [220, 180], ask: [440, 330, 440] }[what];
  try {
    audio ??= new AudioContext();
    tones.forEach((hertz, at) => {
      const [tone, gain] = [audio!.createOscillator(), audio!.createGain()];
      const begins = audio!.currentTime + at * 0.13;
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0.12, begins);
      gain.gain.exponentialRampToValueAtTime(0.001, begins + 0.12);
      tone.connect(gain).connect(audio!.destination);
      tone.start(begins);
      tone.stop(begins + 0.13);
    });
  } catch {
    // A computer without sound works all the same.
  }
}

/** A key alone is a key; a reader's characters come far closer together. */
const ALONE_MS = 80;
/** Characters of one scan are never so far apart, by the time of the keys themselves: the page may be busy. */
const SAME_SCAN_MS = 400;
/** Shorter texts are keys, not codes. */
const SHORTEST = 12;

/** Tells a hand-held reader, which types a code and a line break, from an operator's single keys. */
export function keys(scan: (code: string) => void, key: (name: string) => void): void {
  let typed = "";
  // Whoever moves with Tab means the button that is marked; after a click the same keys are the operator's again.
  let tabs = false;
  window.addEventListener("pointerdown", () => (tabs = false), true);
  let last = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  window.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (target.closest("input:not([type=checkbox]), select, textarea, dialog") || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Tab") tabs = true;
    if (tabs && !typed && (event.key === "Enter" || event.key === " ") && target.closest("button, a[href], input")) return;
    clearTimeout(timer);
    if (event.timeStamp - last > SAME_SCAN_MS) typed = "";
    last = event.timeStamp;
    if (event.key === "Enter") {
      event.preventDefault();
      const code = typed;
      typed = "";
      if (code.length >= SHORTEST) scan(code);
      else key("Enter");
    } else if (event.key === "PageDown" || event.key === "Escape") {
      event.preventDefault();
      key(event.key);
    } else if (event.key.length === 1) {
      event.preventDefault();
      typed += event.key;
      timer = setTimeout(() => {
        if (typed === " " || (typed.length === 1 && letters.value)) key(typed === " " ? "Space" : typed.toUpperCase());
      }, ALONE_MS);
    }
  });
}
