import { ref, watch } from "vue";

/** Whether single letters act. Whoever speaks to the computer, or strikes keys by chance, turns them off; it is kept. */
export const letters = ref(localStorage.getItem("letters") !== "off");
watch(letters, (on) => localStorage.setItem("letters", on ? "on" : "off"));
