import { createApp } from "vue";
import "../style.css";
import "./station.css";
import Station from "./Station.vue";
import { i18n } from "./words";

createApp(Station).use(i18n).mount("#app");
