// Puts the built files, each compressed, into one file that the server embeds (src/api/portal/portal.h says its form).
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

export function pack(folder: string, target: string): Plugin {
  return {
    name: 'merlon-pack',
    apply: 'build',
    closeBundle() {
      const parts: Buffer[] = [];
      let offset = 0;
      const names = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(folder).length))
        .sort();
      const index = names.map((path) => {
        const type = types[extname(path)];
        if (!type) throw new Error(`pack.ts knows no type for ${path}`);
        const bytes = readFileSync(join(folder, path));
        const zipped = gzipSync(bytes, { level: 9 });
        parts.push(zipped);
        const entry = {
          path, type, offset, length: zipped.length, size: bytes.length,
          hash: createHash('sha256').update(bytes).digest('hex').slice(0, 20),
          fixed: path.startsWith('/assets/'),
        };
        offset += zipped.length;
        return entry;
      });
      writeFileSync(target, Buffer.concat([Buffer.from(JSON.stringify(index) + '\n'), ...parts]));
    },
  };
}
