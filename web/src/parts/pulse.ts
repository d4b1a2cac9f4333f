// Screens that show how the day goes: the server answers when something changed, and the page loads anew.
import { onBeforeUnmount, onMounted } from "vue";
import { api } from "../api/client";

/** After a failure a page asks again so much later. */
const AGAIN_MS = 3_000;

/**
 * Loads now and after every change of a campaign, until the page goes. `spread_ms` keeps thousands of phones from
 * loading in one moment.
 */
export function keepLoading(campaign: () => string, load: () => Promise<void>, spread_ms = 0): void {
  let here = true;
  const rest = (ms: number) => new Promise((done) => setTimeout(done, ms));
  async function follow() {
    let seen: number | undefined;
    while (here) {
      const before = seen;
      try {
        const { data } = await api.GET("/api/campaigns/{campaign}/day/pulse", { params: { path: { campaign: campaign() }, query: seen === undefined ? {} : { seen } } });
        if (!data) {
          await rest(AGAIN_MS);
          continue;
        }
        seen = data.at;
        if (!here || seen === before) continue;
        if (before !== undefined && spread_ms) await rest(Math.random() * spread_ms);
        await load();
      } catch {
        await rest(AGAIN_MS);
      }
    }
  }
  onMounted(() => void follow());
  onBeforeUnmount(() => (here = false));
}
