// Every list is a query: its address in the hunting screen.
export const huntingAddress = (kql: string): string => `/hunting?query=${encodeURIComponent(kql)}`;
// A KQL text literal.
export const kqlText = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
// What is written into a list's search box, over some columns.
export const kqlHas = (text: string, ...columns: string[]) => (text ? `\n| where ${columns.map((column) => `${column} contains ${kqlText(text)}`).join(' or ')}` : '');
// One of the values, or a platform of the lists: "Windows" is all its versions.
export const kqlOneOf = (column: string, values: string[]) => `${column} in (${values.map(kqlText).join(', ')})`;
export const kqlPlatforms = (values: string[]) => values.map((one) => (one === 'Windows' ? 'OSPlatform startswith "Windows"' : `OSPlatform == ${kqlText(one)}`)).join(' or ');
export const kqlIn = (column: string, values?: string[]) => (values?.length ? `\n| where ${kqlOneOf(column, values)}` : '');
// Any of the values, each by its condition; nothing, where one of them has none.
export const kqlAny = (values: string[], conditions: Record<string, string>) => (values.every((value) => conditions[value]) ? values.map((value) => conditions[value]).join(' or ') : undefined);
// What hunting calls the end-of-support tags of products.
export const supportWords: Record<string, string> = { 'EOS software': 'EOS Software', 'EOS versions': 'EOS Version', 'Upcoming EOS versions': 'Upcoming EOS Version' };
