import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The API of a dashboard that runs beside `npm run dev`.
const dashboard = "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: { outDir: "../wwwroot", emptyOutDir: true, target: "es2022", modulePreload: { polyfill: false } },
  server: { proxy: { "/market/api": dashboard } },
});
