// Every list is a query: its address in the hunting screen.
export const huntingAddress = (kql: string): string => `/hunting?query=${encodeURIComponent(kql)}`;
// A KQL text literal.
export const kqlText = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
// What is written into a list's search box, over some columns.
export const kqlHas = (text: string, ...columns: string[]) => (text ? `\n| where ${columns.map((column) => `${column} contains ${kqlText(text)}`).join(' or ')}` : '');
// One of the values.
export const kqlOneOf = (column: string, values: string[]) => `${column} in (${values.map(kqlText).join(', ')})`;
export const kqlIn = (column: string, values?: string[]) => (values?.length ? `\n| where ${kqlOneOf(column, values)}` : '');
// A column that is a list has one of the values.
export const kqlAmong = (column: string, values: string[]) => values.map((value) => `set_has_element(${column}, ${kqlText(value)})`).join(' or ');
// One product.
export const kqlProduct = (vendor: string, product: string) => `\n| where SoftwareVendor == ${kqlText(vendor)} and SoftwareName == ${kqlText(product)}`;
// Any of the values, each by its condition; nothing, where one of them has none.
export const kqlAny = (values: string[], conditions: Record<string, string>) => (values.every((value) => conditions[value]) ? values.map((value) => conditions[value]).join(' or ') : undefined);
