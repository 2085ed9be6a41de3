// Small pictures of numbers, drawn as SVG; each has its numbers as text beside it, so the picture itself is hidden from
// screen readers.
import { useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { Link } from 'react-router';
import type { ExposedDay } from '../api/kinds';
import { TroubleLine } from './states';
import { date, number, plural, tenths } from './words';

export interface Part { name: string; value: number; colour: string; to?: string }

export function Ring({ parts, middle, under }: { parts: Part[]; middle: ReactNode; under: string }) {
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  const radius = 54;
  const length = 2 * Math.PI * radius;
  let done = 0;
  return (
    <div className="ring">
      <div className="ring-picture">
        <svg viewBox="0 0 132 132" aria-hidden="true">
          <circle cx="66" cy="66" r={radius} className="ring-track" />
          {total > 0 && parts.filter(({ value }) => value > 0).map(({ name, value, colour }) => {
            const share = (value / total) * length;
            const from = done;
            done += share;
            // A gap of two units between parts, unless there is but one.
            return <circle key={name} cx="66" cy="66" r={radius} className="ring-part" stroke={colour} strokeDasharray={`${Math.max(1, share - (share < length ? 2 : 0))} ${length}`} strokeDashoffset={-from} transform="rotate(-90 66 66)" />;
          })}
        </svg>
        <div className="ring-middle"><b>{middle}</b><span>{under}</span></div>
      </div>
      <Legend parts={parts} />
    </div>
  );
}

export function Legend({ parts }: { parts: Part[] }) {
  return (
    <ul className="legend">
      {parts.map(({ name, value, colour, to }) => (
        <li key={name}>
          <i style={{ background: colour }} aria-hidden />
          {to ? <Link to={to}>{name}</Link> : <span>{name}</span>}
          <b>{number(value)}</b>
        </li>
      ))}
    </ul>
  );
}

export interface Bar { name: ReactNode; key: string; value: number; of: number; words: string; colour?: string; title?: string }

export function Bars({ bars }: { bars: Bar[] }) {
  return (
    <ul className="bars">
      {bars.map(({ key, name, value, of, words, colour, title }) => (
        <li key={key} title={title}>
          <span className="bars-name">{name}</span><span className="bars-words">{words}</span>
          <span className="bars-track" aria-hidden><i style={{ width: `${of > 0 ? Math.min(100, (100 * value) / of) : 0}%`, background: colour }} /></span>
        </li>
      ))}
    </ul>
  );
}

export interface Point { at: number; value: number; note?: string } // milliseconds, and what else there is to say of that day

// Which of some days the pointer or the arrow keys are at; a click or Enter chooses it.
function useDay(times: number[], choose?: (index: number) => void) {
  const [at, setAt] = useState<number>();
  const last = times.length - 1;
  const now = at === undefined ? undefined : Math.min(at, last);
  const moved = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const time = times[0]! + ((event.clientX - box.left) / Math.max(1, box.width)) * (times[last]! - times[0]!);
    setAt(times.reduce((best, each, i) => (Math.abs(each - time) < Math.abs(times[best]! - time) ? i : best), 0));
  };
  const pressed = (event: KeyboardEvent) => {
    const from = now ?? last;
    const next = { ArrowLeft: Math.max(0, from - 1), ArrowRight: Math.min(last, from + 1), Home: 0, End: last }[event.key];
    if (next !== undefined) setAt(next);
    else if (event.key === 'Enter' && now !== undefined && choose) choose(now);
    else return;
    event.preventDefault();
  };
  const picture = {
    role: 'slider', tabIndex: 0, 'aria-valuemin': 0, 'aria-valuemax': last, 'aria-valuenow': now ?? last, onPointerMove: moved, onKeyDown: pressed,
    onPointerLeave: () => setAt(undefined), onFocus: () => setAt((before) => before ?? last), onBlur: () => setAt(undefined), onClick: () => now !== undefined && choose?.(now),
  };
  return { at: now, picture };
}

const dayWords = (at: number) => date(new Date(at).toISOString());
const wide = 320; // of a picture over time, whatever its width on the screen
const across = (times: number[]) => (time: number) => ((time - times[0]!) / Math.max(1, times.at(-1)! - times[0]!)) * wide;

// Numbers over time, from 0 to `top`. The day under the pointer, or under the arrow keys, is told with its value; a click or
// Enter on it goes where `choose` leads.
// No points: they are still being read, and room is kept for them, unless `asked` tells of an error.
interface TrendProps { points?: Point[]; asked?: { error: unknown; again: () => void }; top: number; label: string; words?: (value: number) => string; choose?: (day: Point) => void }
export function Trend({ points, asked, top, label, words = tenths, choose }: TrendProps) {
  const times = points?.map(({ at }) => at) ?? [];
  const { at, picture } = useDay(times, choose && points && ((index) => choose(points[index]!)));
  if (!points && asked?.error) return <TroubleLine what="The trend could not be read" error={asked.error} again={asked.again} />;
  if (!points) return <div className="trend trend-waiting" aria-label="Loading" />;
  const first = points[0], last = points.at(-1);
  if (!first || !last || points.length < 2) return <p className="quiet trend-none">The trend begins with the second day of data.</p>;
  const high = 72;
  const x = across(times);
  const y = (value: number) => high - 2 - (value / Math.max(top, 1e-9)) * (high - 6);
  const line = points.map(({ at: time, value }, i) => `${i ? 'L' : 'M'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  const shown = at === undefined ? undefined : points[at];
  const told = shown && `${dayWords(shown.at)}: ${words(shown.value)}${shown.note ? `, ${shown.note}` : ''}`;
  return (
    <div className="trend-box">
      <div className={choose ? 'trend-picture chosen-by' : 'trend-picture'} {...picture} aria-label={label} aria-valuetext={told ?? `${dayWords(last.at)}: ${words(last.value)}`}>
        <svg className="trend" viewBox={`0 0 ${wide} ${high}`} preserveAspectRatio="none" aria-hidden="true">
          <path className="trend-area" d={`${line}L${wide} ${high}L0 ${high}Z`} />
          <path className="trend-line" d={line} vectorEffect="non-scaling-stroke" />
        </svg>
        {shown && <i className="trend-at" style={{ left: `${(100 * x(shown.at)) / wide}%` }}><b style={{ top: `${(100 * y(shown.value)) / high}%` }} /></i>}
      </div>
      <p className="trend-words">{told ? <span>{told}</span> : <><span>{dayWords(first.at)}</span><span>{dayWords(last.at)}</span></>}</p>
    </div>
  );
}

// The same in a cell of a list: two days at least. More is worse: red where it rises, green where it falls.
export function Spark({ points, of, words = number }: { points: Point[]; of: string; words?: (value: number) => string }) {
  const first = points[0], last = points.at(-1);
  if (!first || !last || points.length < 2) return <span className="quiet" title="The trend begins with the second day of data.">&ndash;</span>;
  const [width, high] = [56, 18];
  const [least, most] = [Math.min(...points.map(({ value }) => value)), Math.max(...points.map(({ value }) => value))];
  const x = (at: number) => 1 + ((at - first.at) / Math.max(1, last.at - first.at)) * (width - 2);
  const y = (value: number) => (most === least ? high / 2 : high - 2 - ((value - least) / (most - least)) * (high - 4));
  const told = `${of}: ${words(first.value)} on ${dayWords(first.at)}, ${words(last.value)} on ${dayWords(last.at)}`;
  return (
    <svg className={last.value > first.value ? 'spark bad' : last.value < first.value ? 'spark good' : 'spark'} viewBox={`0 0 ${width} ${high}`} role="img" aria-label={told}>
      <title>{told}</title>
      <path d={points.map(({ at, value }, i) => `${i ? 'L' : 'M'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('')} />
    </svg>
  );
}

export function ExposedSpark({ days }: { days?: ExposedDay[] }) {
  return <Spark of="Exposed devices" points={(days ?? []).map(({ date: day, exposedMachinesCount }) => ({ at: new Date(day).getTime(), value: exposedMachinesCount }))} />;
}

export interface Layer { key: string; name: string; colour: string }
export interface Day { at: number; values: Record<string, number> }

// Parts of a whole over time, one upon the other, the first at the bottom; of two days at least.
export function Layers({ days, layers, label }: { days: Day[]; layers: Layer[]; label: string }) {
  const times = days.map(({ at }) => at);
  const { at, picture } = useDay(times);
  const high = 120;
  const sum = (day: Day, to = layers.length) => layers.slice(0, to).reduce((all, { key }) => all + (day.values[key] ?? 0), 0);
  const top = Math.max(1, ...days.map((day) => sum(day)));
  const x = across(times);
  const edge = (to: number) => days.map((day) => `${x(day.at).toFixed(1)} ${(high - (sum(day, to) / top) * (high - 4)).toFixed(1)}`);
  const shown = days[at ?? days.length - 1]!;
  return (
    <div className="trend-box">
      <div className="trend-picture" {...picture} aria-label={label} aria-valuetext={`${dayWords(shown.at)}: ${layers.map(({ key, name }) => `${name} ${number(shown.values[key] ?? 0)}`).join(', ')}`}>
        <svg className="trend layers" viewBox={`0 0 ${wide} ${high}`} preserveAspectRatio="none" aria-hidden="true">
          {layers.map(({ key, colour }, i) => <path key={key} d={`M${edge(i + 1).join('L')}L${edge(i).toReversed().join('L')}Z`} style={{ fill: colour }} />)}
        </svg>
        {at !== undefined && <i className="trend-at" style={{ left: `${(100 * x(shown.at)) / wide}%` }} />}
      </div>
      <p className="trend-words"><span>{dayWords(times[0]!)}</span><span>{dayWords(times.at(-1)!)}</span></p>
      <p className="quiet layers-day">{dayWords(shown.at)}: {plural(sum(shown), 'vulnerable device')}</p>
      <Legend parts={layers.map(({ key, name, colour }) => ({ name, colour, value: shown.values[key] ?? 0 })).toReversed()} />
    </div>
  );
}
