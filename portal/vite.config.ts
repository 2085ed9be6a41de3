import { defineConfig } from 'vite';
import { pack } from './pack.ts';

// `npm start` serves the sources with hot reload and asks a Merlon for data: at 127.0.0.1:8080, or where MERLON_ADDRESS says.
const server = process.env.MERLON_ADDRESS ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/',
  build: {
    outDir: '../build/portal/files',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 6000,
    // "use client" means nothing to a bundle of one page.
    rolldownOptions: { onLog: (level, log, handle) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && handle(level, log) },
  },
  worker: { format: 'es' },
  plugins: [pack('../build/portal/files', '../build/portal/portal.pack')],
  server: { proxy: Object.fromEntries(['/v2', '/api', '/health'].map((path) => [path, server])) },
});
