// Every list is a query: its address in the hunting screen.
export const huntingPath = '/hunting';
let has = false;
// Told once by the list of screens, so that nothing links to a screen that is not there.
export const huntingIsThere = (there: boolean) => { has = there; };
export const huntingAddress = (kql: string): string | undefined => (has ? `${huntingPath}?query=${encodeURIComponent(kql)}` : undefined);
// A KQL text literal.
export const kqlText = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
export const kqlIn = (column: string, values?: string[]) => (values?.length ? `\n| where ${column} in (${values.map(kqlText).join(', ')})` : '');
