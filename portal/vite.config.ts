import { readdirSync } from 'node:fs';
import { defineConfig } from 'vite';
import { pack } from './pack.ts';

// `npm start` serves the sources with hot reload and asks a Merlon at 127.0.0.1:8080 for data.
const names = (folder: string, kind: string) => readdirSync(folder).map((name) => `${kind}/${name.replace(/\.\w+$/, '')}`);
const offered = [...names('../schema/api', 'lists'), ...names('../src/api/routes', 'calls')];

export default defineConfig({
  define: { __OFFERED__: JSON.stringify(offered) },
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
  server: { proxy: { '/v2': 'http://127.0.0.1:8080', '/api': 'http://127.0.0.1:8080', '/health': 'http://127.0.0.1:8080' } },
});
