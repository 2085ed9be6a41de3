// Every list is a query: its address in the hunting screen.
export const huntingAddress = (kql: string): string => `/hunting?query=${encodeURIComponent(kql)}`;
// A KQL text literal.
export const kqlText = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
export const kqlIn = (column: string, values?: string[]) => (values?.length ? `\n| where ${column} in (${values.map(kqlText).join(', ')})` : '');
