// The screen as a file: one HTML page that needs nothing else, in light colours, to be sent or printed.
import { webLightTheme } from '@fluentui/react-components';
import { save } from '../list/csv';

// What acts is of no use on paper.
const acts = '.head-end button, .panel, .tabs, .small-more, .card h2 a, .list-bar button, input, [data-tabster-dummy]';

export function saveReport(name: string) {
  const page = document.querySelector('.screen .page');
  if (!page) return;
  const copy = page.cloneNode(true) as HTMLElement;
  copy.querySelectorAll(acts).forEach((one) => one.remove());
  // Links lead to the server that the report is of.
  copy.querySelectorAll('a[href]').forEach((one) => one.setAttribute('href', (one as HTMLAnchorElement).href || new URL(one.getAttribute('href')!, location.href).href));
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).map(({ cssText }) => cssText);
  const colours = Object.entries(webLightTheme).map(([key, value]) => `--${key}:${value}`).join(';');
  const own = 'html,body{height:auto;overflow:visible;margin:0}.report{height:auto;font-family:var(--fontFamilyBase)}.report .page{max-width:1200px;margin:0 auto}.report .head .on-paper{display:block;font-size:12px}';
  const title = document.createElement('title');
  title.textContent = document.title;
  save(`${name}.html`, 'text/html;charset=utf-8', [
    '<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">${title.outerHTML}`,
    `<style>:root{${colours}}${rules.join('\n')}${own}</style></head><body><div class="app report">${copy.outerHTML}</div></body></html>`,
  ].join(''));
}
