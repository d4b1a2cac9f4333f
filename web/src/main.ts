import { createApp } from "vue";
import App from "./App.vue";
import { entitle } from "./parts/title";
import { router } from "./router";
import { i18n } from "./words";
import "./style.css";

entitle(router);
createApp(App).use(i18n).use(router).mount("#app");
