// Pictures of each screen, in both sizes and colours, for people who look: SHOTS=folder test/suites/portal /dev/null
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { screens, visit } from './page.mjs';

const more = ['/recommendations?tags=EOS+versions&open=va-_-microsoft-_-windows_10', '/software/microsoft-_-windows_10', '/software/microsoft-_-windows_10?tab=versions&support=ended&support=soon&open=10.0.19045.5737', '/weaknesses?open=CVE-2025-5419', '/software?q=nothing-has-this-name',
  '/configuration?open=scid-2021', '/devices?q=no-such-device',
  '/software/google-_-chrome', '/software/google-_-chrome?tab=versions', '/software/google-_-chrome?tab=events'];
const ofDevice = ['', '?tab=recommendations', '?tab=inventory', '?tab=vulnerabilities', '?tab=kbs', '?tab=configuration', '?tab=baselines', '?tab=timeline', '?tab=alerts'];

export async function shots({ page, base }) {
  const folder = process.env.SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const device = (await (await fetch(`${base}/api/machines?$filter=exposureLevel eq 'High'&$top=1&$select=id`)).json()).value[0].id;
  const paths = [...screens, ...more, ...ofDevice.map((tab) => `/devices/${device}${tab}`)];
  for (const [width, height] of [[1440, 900], [1024, 768]])
    for (const scheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme });
      for (const path of paths) {
        await visit(page, base, path);
        await page.waitForTimeout(200);
        await page.screenshot({ path: join(folder, `${path.replace(device, 'one').replace(/[^a-z0-9_]+/gi, '-').replace(/^-|-$/g, '') || 'dashboard'}-${width}-${scheme}.png`) });
      }
    }
  await page.setViewportSize({ width: 1440, height: 900 });
}
