import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [vue()],
  // Two programs' pages: the portal, and the station beside the camera.
  build: { chunkSizeWarningLimit: 1200, rollupOptions: { input: ["index.html", "station.html"] } },
  // `npm run dev` beside `xueying serve`.
  server: { proxy: { "/api": "http://127.0.0.1:8080", "/openapi.json": "http://127.0.0.1:8080" } },
});
