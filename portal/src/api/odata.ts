// OData query options, written by hand: the server's lists take $filter, $orderby, $top, $skip, $count and $select.

export interface Page<Row> {
  value: Row[];
  '@odata.count'?: number;
  '@odata.nextLink'?: string;
}

export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export interface Options {
  filter?: string;
  orderby?: string;
  top?: number;
  skip?: number;
  count?: boolean;
  select?: string[];
}

export function address(path: string, options: Options): string {
  const parts: string[] = [];
  const add = (name: string, value: string) => parts.push(`$${name}=${encodeURIComponent(value)}`);
  if (options.filter) add('filter', options.filter);
  if (options.orderby) add('orderby', options.orderby);
  if (options.top !== undefined) add('top', String(options.top));
  if (options.skip) add('skip', String(options.skip));
  if (options.count) add('count', 'true');
  if (options.select) add('select', options.select.join(','));
  return parts.length ? `${path}${path.includes('?') ? '&' : '?'}${parts.join('&')}` : path;
}

// Conditions joined by "and", empty ones left out.
export const all = (...conditions: (string | undefined)[]): string => {
  const given = conditions.filter((one): one is string => !!one);
  return given.length > 1 ? given.map((one) => `(${one})`).join(' and ') : (given[0] ?? '');
};
export const any = (...conditions: string[]): string =>
  conditions.length > 1 ? conditions.map((one) => `(${one})`).join(' or ') : (conditions[0] ?? '');

export const contains = (field: string, text: string) => `contains(${field},${quote(text)})`;
export const oneOf = (field: string, values: string[]) => (values.length === 1 ? `${field} eq ${quote(values[0]!)}` : values.length ? `${field} in (${values.map(quote).join(',')})` : '');
// For fields that are lists of text.
export const hasAny = (field: string, values: string[]) => any(...values.map((value) => `${field}/any(t: t eq ${quote(value)})`));
