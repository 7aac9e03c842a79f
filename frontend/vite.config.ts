/// <reference types="vitest/config" />
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** The paths of the API, which the development server hands on to a running gateway. */
const API =
  "^/(agents|curriculum|episodes|events|fix|grade|health|history|jobs|memory|metadata|metrics|openapi.json|ready|reset|run_raw|sent-tasks|state|stats|step|task-labels|tasks)($|[/?])";
const gateway = process.env.CODEARENA_URL ?? "http://localhost:7860";
const proxy = { [API]: { target: gateway, changeOrigin: true } };

/** As the gateway sends it, so that what would break there breaks here. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'self'; form-action 'none'";

const COMPRESSED = /\.(js|css|svg)$/;
const WORTH_BYTES = 1024;

/** Writes `x.br` and `x.gz` beside each file that is worth it, so that the gateway compresses nothing. */
function precompressed(): Plugin {
  let folder = "";
  return {
    name: "precompressed",
    apply: "build",
    configResolved: config =>
      void (folder = resolve(config.root, config.build.outDir, config.build.assetsDir)),
    closeBundle() {
      for (const name of readdirSync(folder).filter(each => COMPRESSED.test(each))) {
        const bytes = readFileSync(join(folder, name));
        if (bytes.length < WORTH_BYTES) continue;
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes));
        writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  // The page works below any prefix: a Space opens it at /web, a proxy wherever it likes.
  base: "./",
  plugins: [react(), precompressed()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    // Where the gateway serves it from, and the wheel takes it along.
    outDir: "../gateway/web",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    manifest: "manifest.json",
    // It would inject an inline script's worth of code for browsers that the target leaves out.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy },
  preview: { proxy, headers: { "Content-Security-Policy": POLICY } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
