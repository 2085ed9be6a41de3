// Pictures of each screen, in both sizes and colours, for people who look: SHOTS=folder test/suites/portal /dev/null
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { screens, visit } from './open.mjs';

const more = ['/recommendations?tags=EOS+versions&open=va-_-microsoft-_-windows_10', '/software/microsoft-_-windows_10', '/software/microsoft-_-windows_10?tab=versions&support=ended&support=soon&open=10.0.19045.5737', '/weaknesses?open=CVE-2025-5419', '/software?q=nothing-has-this-name'];

export async function shots({ page, base }) {
  const folder = process.env.SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  for (const [width, height] of [[1440, 900], [1024, 768]])
    for (const scheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme });
      for (const path of [...screens, ...more]) {
        await visit(page, base, path);
        await page.waitForTimeout(200);
        await page.screenshot({ path: join(folder, `${path.replace(/[^a-z0-9_]+/gi, '-').replace(/^-|-$/g, '') || 'dashboard'}-${width}-${scheme}.png`) });
      }
    }
  await page.setViewportSize({ width: 1440, height: 900 });
}
