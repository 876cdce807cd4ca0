import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The page is served under /room/ by the Slack stand-in; `npm run dev` passes
// API calls on to a stand-in named by ROOM_API.
export default defineConfig({
  base: "/room/",
  plugins: [react()],
  build: { outDir: "dist", emptyOutDir: true, chunkSizeWarningLimit: 1200 },
  server: {
    host: "127.0.0.1",
    proxy: { "/room/api": process.env["ROOM_API"] ?? "http://127.0.0.1:3100" },
  },
  // Tests that need a document ask for one in their first line.
  test: { environment: "node" },
});
