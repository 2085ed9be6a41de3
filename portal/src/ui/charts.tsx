// Small pictures of numbers, drawn as SVG; each has its numbers as text beside it, so the picture itself is hidden from
// screen readers.
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { number } from './words';

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

// A score over time, from 0 to `top`. Points are [milliseconds, value].
export function Trend({ points, top, label }: { points: [number, number][]; top: number; label: string }) {
  const wide = 320, high = 72;
  const first = points[0], last = points.at(-1);
  if (!first || !last || points.length < 2) return <p className="quiet trend-none">The trend begins with the second day of data.</p>;
  const span = Math.max(1, last[0] - first[0]);
  const x = (time: number) => ((time - first[0]) / span) * wide;
  const y = (value: number) => high - 2 - (value / top) * (high - 6);
  const line = points.map(([time, value], i) => `${i ? 'L' : 'M'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  return (
    <svg className="trend" viewBox={`0 0 ${wide} ${high}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path className="trend-area" d={`${line}L${wide} ${high}L0 ${high}Z`} />
      <path className="trend-line" d={line} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
