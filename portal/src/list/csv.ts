// RFC 4180; a cell that a spreadsheet would take for a formula gets a quote in front.
const cell = (value: string | number | null | undefined): string => {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
export const csv = (rows: (string | number | null | undefined)[][]) => rows.map((row) => row.map(cell).join(',') + '\r\n').join('');

export const save = (name: string, type: string, text: string) => saveFile(name, new Blob([text], { type }));

export function saveFile(name: string, file: Blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
