// A first and a last day of a filter, either may be missing: "2026-01-31..2026-02-28" in the address.
import { date } from '../ui/words';

export interface Days { first: string; last: string }

const shape = /^(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?$/;
const isDay = (day: string) => day === '' || !Number.isNaN(Date.parse(day));

// Nothing, when the text is no such range.
export function daysOf(text: string): Days | undefined {
  const [found, first = '', last = ''] = shape.exec(text) ?? [];
  return found && found !== '..' && isDay(first) && isDay(last) ? { first, last } : undefined;
}
export const daysText = ({ first, last }: Days) => (first || last ? `${first}..${last}` : '');
export const upsideDown = ({ first, last }: Days) => first !== '' && last !== '' && last < first;

export function daysWords(text: string): string {
  const days = daysOf(text);
  if (!days) return text;
  if (!days.last) return `from ${date(days.first)}`;
  return days.first ? `${date(days.first)} to ${date(days.last)}` : `up to ${date(days.last)}`;
}

// The moments at which the days begin and are over: of UTC, or of the reader's zone for what is told in it.
type Zone = 'utc' | 'local';
function moments({ first, last }: Days, zone: Zone) {
  const start = (day: string, later: number) => {
    const at = new Date(zone === 'utc' ? `${day}T00:00:00Z` : `${day}T00:00:00`);
    if (zone === 'utc') at.setUTCDate(at.getUTCDate() + later);
    else at.setDate(at.getDate() + later);
    return at.toISOString();
  };
  return [first && start(first, 0), last && start(last, 1)];
}

// A range that is none finds nothing.
export function within(field: string, text: string, zone: Zone): string {
  const days = daysOf(text);
  if (!days) return 'false';
  const [from, to] = moments(days, zone);
  return [from && `${field} ge ${from}`, to && `${field} lt ${to}`].filter(Boolean).join(' and ');
}

export function kqlWithin(column: string, text: string, zone: Zone): string {
  const days = daysOf(text);
  if (!days) return 'false';
  const [from, to] = moments(days, zone);
  return [from && `${column} >= datetime(${from})`, to && `${column} < datetime(${to})`].filter(Boolean).join(' and ');
}
