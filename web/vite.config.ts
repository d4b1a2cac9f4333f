import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

// Two programs' pages: the portal with the station beside it, for a school; the station alone (`--mode station`), for an
// agency's program.
export default defineConfig(({ mode }) => ({
  plugins: [vue()],
  build: {
    outDir: mode === "station" ? "dist-station" : "dist",
    chunkSizeWarningLimit: 1200,
    rollupOptions: { input: mode === "station" ? ["station.html"] : ["index.html", "station.html"] },
  },
  // `npm run dev` beside `xueying serve`.
  server: { proxy: { "/api": "http://127.0.0.1:8080", "/openapi.json": "http://127.0.0.1:8080" } },
}));
