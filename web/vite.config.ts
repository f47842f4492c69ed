import { defineConfig, type Plugin } from "vite";

// The page is served by `buju serve` from the package: relative addresses only, nothing from outside.
/** The build lies in the package's folder, but not in the repository. */
const notInGit: Plugin = {
  name: "not-in-git",
  generateBundle() {
    this.emitFile({ type: "asset", fileName: ".gitignore", source: "*\n" });
  },
};

export default defineConfig({
  base: "./",
  plugins: [notInGit],
  build: {
    outDir: "../src/buju/serve/static",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8350" } },
});
