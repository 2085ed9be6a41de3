export type ChartKind = 'line' | 'area' | 'column' | 'bar' | 'pie' | 'scatter';
export const chartNames: Record<ChartKind, string> = { line: 'Line', area: 'Area', column: 'Column', bar: 'Bar', pie: 'Pie', scatter: 'Scatter' };

// What `render` calls them.
const rendered: Record<string, ChartKind> = {
  linechart: 'line', timechart: 'line', anomalychart: 'line', areachart: 'area', stackedareachart: 'area', columnchart: 'column', barchart: 'bar', piechart: 'pie', scatterchart: 'scatter',
};
export const chartOf = (visualization: string | null): ChartKind | undefined => (visualization ? rendered[visualization.toLowerCase()] : undefined);
