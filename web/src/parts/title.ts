import { watchEffect } from "vue";
import type { Router } from "vue-router";
import { i18n } from "../words";

const OPEN: Record<string, string> = { "sign-in": "signIn.title", activate: "activate.title", password: "password.title", check: "rehearsal.title", capture: "selfCapture.title", me: "me.title", screen: "day.screen", accounts: "nav.accounts", "walk-ins": "nav.walkIns" };

/** The window is called by the page that it shows: whoever has many, or hears them read out, finds the one. */
export function entitle(router: Router): void {
  watchEffect(() => {
    const { t, te } = i18n.global;
    const [first = "", campaign = "", page = "progress"] = router.currentRoute.value.path.split("/").filter(Boolean);
    const name = first === "c" ? `nav.${page}` : (OPEN[first] ?? "nav.campaigns");
    document.title = [te(name) ? t(name) : "", first === "c" || first === "screen" ? campaign : "", t("product")].filter(Boolean).join(" · ");
  });
}
