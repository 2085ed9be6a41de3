// How things are said: numbers, dates, names.
import names from '../../../rules/names.json';

const whole = new Intl.NumberFormat();
const one = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const two = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const moment = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' });
const apart = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

export const number = (value: number) => whole.format(value);
export const tenths = (value: number) => one.format(value);
export const hundredths = (value: number) => two.format(value);
export const percent = (share: number) => (share > 0 && share < 0.001 ? '< 0.1%' : `${one.format(100 * share)}%`);
// Points of a score: small ones are not nothing.
export const points = (value: number) => (value === 0 ? '0' : Math.abs(value) < 0.05 ? '< 0.1' : one.format(value));
export const plural = (count: number, word: string, words = `${word}s`) => `${number(count)} ${count === 1 ? word : words}`;

// Dates that stand for a day (published, end of support) are days in UTC; moments are told in the reader's zone.
export const date = (iso: string | null | undefined) => (iso ? day.format(new Date(iso)) : '');
// What the server says in words names days as 2025-10-14: told as the portal tells them.
export const withDates = (text: string) => text.replace(/\b\d{4}-\d{2}-\d{2}\b/g, (iso) => date(iso));
export const time = (iso: string | null | undefined) => (iso ? moment.format(new Date(iso)) : '');
// The same in a column: without the zone, and the time only of what is of this year; the pointer is told the rest.
const shortly = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
export const shortTime = (iso: string, now = new Date()) => (new Date(iso).getFullYear() === now.getFullYear() ? shortly.format(new Date(iso)) : date(iso));
export function ago(iso: string, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  for (const [unit, size] of [['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3_600], ['minute', 60]] as const)
    if (Math.abs(seconds) >= size) return apart.format(Math.trunc(seconds / size), unit);
  return apart.format(0, 'second');
}
export const daysSince = (iso: string, now = Date.now()) => Math.max(0, Math.floor((now - new Date(iso).getTime()) / 86_400_000));

// Who did it, as the server writes it: "user:anna", "application:siem"; "local" is whoever is at the server's machine.
export const person = (who: string | null | undefined) => (who === 'local' ? 'this machine' : (who ?? '').replace(/^user:/, '').replace(/^application:(.*)/, '$1 (application)'));

// "InitialAccess" -> "Initial access"
export const spaced = (word: string) => word.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);

// "microsoft", "windows_10" -> "Microsoft Windows 10": the inventory's names are lower case with underscores. The spellings are
// those of the server, so that a product has one name everywhere.
const products: Record<string, string> = names.products;
const words: Record<string, string> = names.words;
const capital = (word: string) => words[word] ?? (/^[a-z]/.test(word) && !word.includes('.') ? word[0]!.toUpperCase() + word.slice(1) : word);
export const named = (name: string) => name.split('_').map(capital).join(' ');
const bare = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
// A maker called after its product is not said twice ("git-scm", "git").
export const productName = (vendor: string, product: string) => {
  const whole = products[`${vendor}:${product}`];
  if (whole) return whole;
  const [maker, both] = [bare(vendor), bare(product)];
  const same = both.startsWith(maker) || (both.length > 2 && maker.startsWith(both));
  return same ? named(product) : `${named(vendor)} ${named(product)}`;
};
const platforms: Record<string, string> = { windows: 'Windows', macos: 'macOS', linux: 'Linux' };
export const platformWords = (platform: string) => platforms[platform] ?? platform;
export const domainOf = (name: string) => (name.includes('.') ? name.slice(name.indexOf('.') + 1) : '');
// "Windows10" -> "Windows 10", "WindowsServer2019" -> "Windows Server 2019".
export const osWords = (platform: string) => platform.replace(/^Windows(?=[A-Z0-9])/, 'Windows ').replace(/Server(?=\d)/, 'Server ').replace(/(\d)R2$/, '$1 R2');
export const productNameOf = (id: string) => {
  const [vendor = '', product] = id.split('-_-');
  return product === undefined ? id : productName(vendor, product);
};
export const productId = (vendor: string, product: string) => `${vendor}-_-${product}`;

const remediations: Record<string, string> = {
  Update: 'Software update', Upgrade: 'Software upgrade', Uninstall: 'Software uninstall',
  ConfigurationChange: 'Configuration change', AttentionRequired: 'Attention required', FirmwareUpdate: 'Firmware update',
};
export const remediationWords = (type: string) => remediations[type] ?? type;
export const remediationTypes = Object.entries(remediations).map(([value, label]) => ({ value, label }));
