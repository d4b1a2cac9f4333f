import { createI18n } from "vue-i18n";
import { language } from "../api/client";
import en from "./en";
import zh from "./zh";

export const i18n = createI18n({
  legacy: false,
  locale: language(),
  fallbackLocale: "zh-CN",
  messages: { "zh-CN": zh, en },
});

document.documentElement.lang = language();

/** Changes the language of everything; problems come in it from the next request on. */
export function speak(to: "zh-CN" | "en"): void {
  localStorage.setItem("language", to);
  i18n.global.locale.value = to;
  document.documentElement.lang = to;
}
