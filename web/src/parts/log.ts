import type { Schemas } from "../api/client";
import { aside, logged } from "../words/names";

interface Said { role?: string; reason?: string; what?: { what?: string; step?: { track: string; event: string } | string; change?: string; seen?: string; outcome?: string; count?: number; college?: string; changed?: number; item?: string; is_there?: boolean } }

/** A line of the log in words: what was done, why, and in which role. */
export function said(line: Schemas["LineView"], t: (key: string) => string): string {
  let read: Said;
  try {
    read = JSON.parse(line.detail) as Said;
  } catch {
    return line.detail;
  }
  const { what } = read;
  const step = typeof what?.step === "string" ? t(`moves.${what.step}`) : what?.step && `${t(`tracks.${what.step.track}`)} · ${logged(what.step.event)}`;
  const change = what?.what === "roster" && what.change ? t(`changes.${what.change}`) : what?.change && logged(what.change);
  const paper = what?.item && `${what.is_there ? "✓" : "✗"} ${t(`papers.${what.item}`)}`;
  const parts = [step, paper, change, what?.seen && logged(what.seen), what?.outcome && logged(what.outcome), what?.college, what?.count, what?.changed];
  const text = parts.filter((part) => part !== undefined && part !== "").join(" ");
  const role = t(`roles.${(read.role ?? "").replace(" ", "-")}`);
  return `${text || logged(what?.what ?? "")}${read.reason ? aside(read.reason) : ""} — ${role}`;
}
