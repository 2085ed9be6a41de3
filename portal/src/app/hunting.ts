// Every list is a query: its address in the hunting screen.
export const huntingAddress = (kql: string): string => `/hunting?query=${encodeURIComponent(kql)}`;
// A KQL text literal.
export const kqlText = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
// What is written into a list's search box, over some columns.
export const kqlHas = (text: string, ...columns: string[]) => (text ? `\n| where ${columns.map((column) => `${column} contains ${kqlText(text)}`).join(' or ')}` : '');
export const kqlIn = (column: string, values?: string[]) => (values?.length ? `\n| where ${column} in (${values.map(kqlText).join(', ')})` : '');
