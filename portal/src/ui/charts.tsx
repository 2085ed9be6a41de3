// Small pictures of numbers, drawn as SVG; each has its numbers as text beside it, so the picture itself is hidden from
// screen readers.
import { useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { Link } from 'react-router';
import { date, number, tenths } from './words';

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

// Numbers over time, from 0 to `top`. The day under the pointer, or under the arrow keys, is told with its value; a click or
// Enter on it goes where `choose` leads.
export function Trend({ points, top, label, words = tenths, choose }: { points: Point[]; top: number; label: string; words?: (value: number) => string; choose?: (day: Point) => void }) {
  const [at, setAt] = useState<number>();
  const wide = 320, high = 72;
  const first = points[0], last = points.at(-1);
  if (!first || !last || points.length < 2) return <p className="quiet trend-none">The trend begins with the second day of data.</p>;
  const span = Math.max(1, last.at - first.at);
  const x = (time: number) => ((time - first.at) / span) * wide;
  const y = (value: number) => high - 2 - (value / Math.max(top, 1e-9)) * (high - 6);
  const line = points.map(({ at: time, value }, i) => `${i ? 'L' : 'M'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  const shown = at === undefined ? undefined : points[Math.min(at, points.length - 1)];
  const nearest = (share: number) => {
    const time = first.at + share * span;
    return points.reduce((best, point, i) => (Math.abs(point.at - time) < Math.abs(points[best]!.at - time) ? i : best), 0);
  };
  const moved = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setAt(nearest((event.clientX - box.left) / Math.max(1, box.width)));
  };
  const pressed = (event: KeyboardEvent) => {
    const now = at ?? points.length - 1;
    const next = { ArrowLeft: Math.max(0, now - 1), ArrowRight: Math.min(points.length - 1, now + 1), Home: 0, End: points.length - 1 }[event.key];
    if (next !== undefined) setAt(next);
    else if (event.key === 'Enter' && shown && choose) choose(shown);
    else return;
    event.preventDefault();
  };
  const told = shown && `${date(new Date(shown.at).toISOString())}: ${words(shown.value)}${shown.note ? `, ${shown.note}` : ''}`;
  return (
    <div className="trend-box">
      <div className={choose ? 'trend-picture chosen-by' : 'trend-picture'} role="slider" tabIndex={0} aria-label={label} aria-valuemin={0} aria-valuemax={points.length - 1} aria-valuenow={at ?? points.length - 1}
        aria-valuetext={told ?? `${date(new Date(last.at).toISOString())}: ${words(last.value)}`}
        onPointerMove={moved} onPointerLeave={() => setAt(undefined)} onFocus={() => setAt((before) => before ?? points.length - 1)} onBlur={() => setAt(undefined)} onKeyDown={pressed} onClick={() => shown && choose?.(shown)}>
        <svg className="trend" viewBox={`0 0 ${wide} ${high}`} preserveAspectRatio="none" aria-hidden="true">
          <path className="trend-area" d={`${line}L${wide} ${high}L0 ${high}Z`} />
          <path className="trend-line" d={line} vectorEffect="non-scaling-stroke" />
        </svg>
        {shown && <i className="trend-at" style={{ left: `${(100 * x(shown.at)) / wide}%` }}><b style={{ top: `${(100 * y(shown.value)) / high}%` }} /></i>}
      </div>
      <p className="trend-words">{told ? <span>{told}</span> : <><span>{date(new Date(first.at).toISOString())}</span><span>{date(new Date(last.at).toISOString())}</span></>}</p>
    </div>
  );
}
