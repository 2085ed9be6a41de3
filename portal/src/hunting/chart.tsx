// A picture of the answer: as `render` asks, or as chosen. A chunk of its own, because the library is large.
import { useEffect, useRef } from 'react';
import { BarChart, LineChart, PieChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { cellText, numeric, type Answer, type Cell } from './answer';
import type { ChartKind } from './kinds';

use([BarChart, LineChart, PieChart, ScatterChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export interface Shape { x: string; ys: string[]; series?: string }

// Which column is the axis and which the figures: what `render` names, else time or the first column that is no number.
function shapeOf({ columns, render }: Answer): Shape | undefined {
  const named = (name?: string) => columns.find((one) => one.name === name?.trim());
  const figures = columns.filter(({ type }) => numeric(type) || type === 'timespan');
  const x = named(render.xcolumn) ?? columns.find(({ type }) => type === 'datetime') ?? columns.find(({ type }) => !numeric(type) && type !== 'dynamic') ?? (figures.length > 1 ? figures[0] : undefined);
  const asked = render.ycolumns?.split(',').map(named).filter((one) => one !== undefined);
  const ys = (asked?.length ? asked : figures).filter((one) => one !== x && (one.type !== 'timespan' || asked?.length));
  if (!x || !ys.length) return undefined;
  const series = named(render.series) ?? columns.find((one) => one !== x && one.type === 'string');
  return { x: x.name, ys: ys.map(({ name }) => name), series: series?.name };
}

// The lines or bars: name, and points [x, y].
export function seriesOf({ columns, rows }: Answer, shape: Shape): Map<string, [Cell, number][]> {
  const place = (name: string) => columns.findIndex((one) => one.name === name);
  const x = place(shape.x), by = shape.series ? place(shape.series) : -1;
  const found = new Map<string, [Cell, number][]>();
  for (const row of rows)
    for (const y of shape.ys) {
      const group = by >= 0 ? cellText(row[by]) || '(empty)' : '';
      const name = by < 0 ? y : shape.ys.length > 1 ? `${group}: ${y}` : group;
      if (!found.has(name)) found.set(name, []);
      found.get(name)!.push([row[x] ?? null, Number(row[place(y)])]);
    }
  return found;
}

const most = 40; // lines that a person can tell apart, and then some

// `wide`: the pixels that it has.
function option(answer: Answer, kind: ChartKind, shape: Shape, colour: (name: string) => string, wide: number): EChartsCoreOption {
  const words = colour('--colorNeutralForeground2'), line = colour('--colorNeutralStroke2');
  const series = [...seriesOf(answer, shape)].slice(0, most);
  const type = answer.columns.find(({ name }) => name === shape.x)!.type;
  const common = {
    animation: false,
    color: ['--colorBrandBackground', '--high', '--good', '--medium', '--low', '--critical'].map(colour).concat(['#8764b8', '#00b7c3', '#ca5010', '#498205']),
    textStyle: { fontFamily: 'inherit' },
    // Rich text: the other kind of hint would need inline styles, which the page's policy refuses.
    tooltip: { renderMode: 'richText', trigger: kind === 'pie' || kind === 'scatter' ? 'item' : 'axis', confine: true },
    legend: { show: series.length > 1 || kind === 'pie', type: 'plain', top: 0, textStyle: { color: words } },
  };
  if (kind === 'pie') {
    const sums = new Map<string, number>();
    const x = answer.columns.findIndex(({ name }) => name === shape.x), y = answer.columns.findIndex(({ name }) => name === shape.ys[0]);
    for (const row of answer.rows) sums.set(cellText(row[x]) || '(empty)', (sums.get(cellText(row[x]) || '(empty)') ?? 0) + Number(row[y]));
    const data = [...sums].sort((a, b) => b[1] - a[1]).slice(0, most).map(([name, value]) => ({ name, value }));
    return { ...common, series: [{ type: 'pie', radius: ['42%', '70%'], center: ['50%', '56%'], data, label: { color: words, formatter: '{b}: {c} ({d}%)' } }] };
  }
  const turned = kind === 'bar';
  const axisType = type === 'datetime' ? 'time' : numeric(type) && kind !== 'bar' && kind !== 'column' ? 'value' : 'category';
  const names = axisType === 'category' ? [...new Set(answer.rows.map((row) => cellText(row[answer.columns.findIndex(({ name }) => name === shape.x)]) || '(empty)'))] : undefined;
  const look = { axisLabel: { color: words, hideOverlap: true }, axisLine: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line } } };
  // A few names all stand there, cut where they have no room; of many those that have.
  const few = names && !turned && names.length <= 20 ? { ...look.axisLabel, hideOverlap: false, interval: 0, width: Math.max(24, (wide - 100) / names.length - 8), overflow: 'truncate' } : look.axisLabel;
  const axis = { type: axisType, data: names, inverse: turned, ...look, axisLabel: few, splitLine: { show: false } };
  const values = { type: 'value', ...look };
  return {
    ...common,
    grid: { left: 12, right: 24, top: series.length > 1 ? 36 : 16, bottom: 8, containLabel: true },
    xAxis: turned ? values : axis,
    yAxis: turned ? axis : values,
    series: series.map(([name, points]) => {
      const data = points.map(([at, y]) => {
        const place = axisType === 'time' ? new Date(String(at)).getTime() : axisType === 'value' ? Number(at) : cellText(at as Cell) || '(empty)';
        return turned ? [y, place] : [place, y];
      });
      if (axisType !== 'category' && kind !== 'scatter') data.sort((a, b) => Number(a[0]) - Number(b[0]));
      return {
        name, data, type: kind === 'scatter' ? 'scatter' : kind === 'bar' || kind === 'column' ? 'bar' : 'line',
        showSymbol: points.length < 60, stack: kind === 'area' ? 'all' : undefined, areaStyle: kind === 'area' ? { opacity: 0.35 } : undefined, barMaxWidth: 48,
      };
    }),
  };
}

export default function Chart({ answer, kind }: { answer: Answer; kind: ChartKind }) {
  const box = useRef<HTMLDivElement>(null);
  const shape = shapeOf(answer);
  const key = JSON.stringify([kind, shape]);
  useEffect(() => {
    if (!shape || !box.current) return;
    const at = box.current;
    const chart = init(at, null, { renderer: 'canvas' });
    const draw = () => {
      const style = getComputedStyle(at);
      chart.setOption(option(answer, kind, shape, (name) => style.getPropertyValue(name).trim() || '#0f6cbd', at.clientWidth), true);
    };
    draw();
    const sizes = new ResizeObserver(() => { chart.resize(); draw(); });
    sizes.observe(at);
    const themes = new MutationObserver(() => setTimeout(draw, 50));
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      sizes.disconnect();
      themes.disconnect();
      chart.dispose();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [answer, key]);
  if (!shape) return <p className="hunt-none">A chart needs a column of numbers and one to name them. Add a <code>summarize</code>.</p>;
  const count = seriesOf(answer, shape).size;
  return (
    <div className="hunt-chart">
      {answer.render.title && <h2>{answer.render.title}</h2>}
      {count > most && kind !== 'pie' && <p className="quiet">The first {most} of {count} series are drawn.</p>}
      <div className="hunt-chart-box" ref={box} role="img" aria-label={`${kind} chart of ${shape.ys.join(', ')} by ${shape.x}; its numbers are in the table`} />
    </div>
  );
}
