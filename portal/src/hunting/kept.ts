// What is kept: queries on the server; tabs and history in this browser.
export interface SavedQuery { id: string; name: string; description: string; query: string; kind: 'own' | 'shared' | 'builtIn'; shared: boolean; owner: string; canChange: boolean }
export interface QueryTab { id: string; name: string; text: string; saved?: string }
export interface Past { query: string; at: number; words: string }
export interface Tabs { tabs: QueryTab[]; at: string }

const tabsKey = 'merlon.hunting.tabs', pastKey = 'merlon.hunting.history';

export const newTab = (name: string, text = '', saved?: string): QueryTab => ({ id: Math.random().toString(36).slice(2), name, text, saved });

function read<T>(key: string, good: (value: T) => boolean): T | undefined {
  try {
    const value = JSON.parse(localStorage.getItem(key) ?? 'null') as T;
    return value !== null && good(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
function write(key: string, value: unknown) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or forbidden store: the page works on, and forgets when it is closed.
  }
}

export function readTabs(): Tabs {
  const kept = read<Tabs>(tabsKey, (value) => Array.isArray(value.tabs) && value.tabs.length > 0 && value.tabs.every(({ id, name, text }) => [id, name, text].every((part) => typeof part === 'string')));
  if (kept) return kept.tabs.some(({ id }) => id === kept.at) ? kept : { ...kept, at: kept.tabs[0]!.id };
  const first = newTab('Query 1');
  return { tabs: [first], at: first.id };
}
export const writeTabs = (tabs: Tabs) => write(tabsKey, tabs);

export const readPast = (): Past[] => read<Past[]>(pastKey, (value) => Array.isArray(value) && value.every(({ query }) => typeof query === 'string')) ?? [];
export const writePast = (past: Past[]) => write(pastKey, past);
export const withPast = (past: Past[], one: Past): Past[] => [one, ...past.filter(({ query }) => query !== one.query)].slice(0, 100);
