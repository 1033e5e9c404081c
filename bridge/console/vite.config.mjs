import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The operator's page: built into dist/console, from which the node serves it. Nothing is fetched from elsewhere. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  build: {
    outDir: fileURLToPath(new URL('../../dist/console', import.meta.url)),
    emptyOutDir: true,
    // As files: the page's Content-Security-Policy has no place for data: addresses.
    assetsInlineLimit: 0,
    target: 'es2022',
    // three.js is most of it, and comes from the machine next to the robot.
    chunkSizeWarningLimit: 1500,
  },
});
