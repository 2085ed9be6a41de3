import type { ReactNode } from 'react';

export interface Column<Row> {
  key: string;
  title: string;
  width?: number; // pixels; a column without one takes what is left
  numeric?: boolean;
  sort?: string; // the fields to order by, with ", " between; without one the column does not sort
  most?: boolean; // the first click sorts the most first, as of numbers: severities, levels
  asks?: string; // a field that comes when it is asked for, as it is while the column is shown
  optional?: boolean; // not shown until chosen
  wide?: boolean; // the same where the window is narrow
  slim?: number; // its width there
  show?: (row: Row) => ReactNode;
  text: (row: Row) => string | number | null | undefined; // for the export, and shown when there is no `show`
  file?: { title?: string; text: (row: Row) => string | number | null | undefined }[]; // what the export has instead: times as the API writes them, "3/12" (a date to spreadsheets) as two numbers
}

export interface Filter {
  key: string; // name in the address
  title: string;
  options: { value: string; label: string }[];
  odata: (values: string[]) => string;
  kql?: (values: string[]) => string | undefined; // the same as a condition of the query that the list opens as, where it has one
  single?: boolean; // at most one of the options
  written?: 'text' | 'days'; // no options: words, or a first and a last day (list/days.ts)
  hint?: string; // of words: what to write
}

// What a list's query is made of; `where` has the lines of all filters that have a condition in KQL.
export interface Asked { q: string; filters: Record<string, string[]>; where: string }
