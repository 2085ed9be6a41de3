// In the top bar: the day that the screens are about; and the banner that says so.
import { useState } from 'react';
import { Button, Field, Input, Popover, PopoverSurface, PopoverTrigger, Tooltip } from '@fluentui/react-components';
import { CalendarLtrRegular, HistoryRegular } from '@fluentui/react-icons';
import { date } from '../ui/words';
import { useAsOf, useChoose } from './scope';

const dayBefore = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
const presets: [number, string][] = [[1, 'Yesterday'], [7, 'A week ago'], [30, '30 days ago'], [90, '90 days ago']];

export function TimePicker() {
  const choose = useChoose();
  const asOf = useAsOf();
  const [open, setOpen] = useState(false);
  const go = (day: string) => {
    setOpen(false);
    choose({ asOf: day });
  };
  return (
    <Popover open={open} onOpenChange={(_, { open: next }) => setOpen(next)} trapFocus positioning={{ position: 'below', align: 'end', offset: 8 }}>
      <PopoverTrigger disableButtonEnhancement>
        <Tooltip content="The day that the screens show" relationship="description">
          <Button appearance="transparent" className={asOf ? 'top-button top-scope narrowed' : 'top-button top-scope'} icon={<CalendarLtrRegular />} aria-label={`As of: ${asOf ? date(asOf) : 'now'}`}>{asOf ? date(asOf) : 'Now'}</Button>
        </Tooltip>
      </PopoverTrigger>
      <PopoverSurface className="time-picker" aria-label="As of">
        <Field label="As of the end of" hint="Days are those of UTC.">
          <Input type="date" value={asOf} max={dayBefore(1)} onChange={(_, { value }) => value && value <= dayBefore(1) && go(value)} />
        </Field>
        <div className="time-presets">{presets.map(([days, words]) => <Button key={days} size="small" onClick={() => go(dayBefore(days))}>{words}</Button>)}</div>
        <Button appearance={asOf ? 'primary' : 'secondary'} disabled={!asOf} onClick={() => go('')}>Back to now</Button>
      </PopoverSurface>
    </Popover>
  );
}

// `shows`: what of the screen is of that day; nothing: no history is kept of it.
export function PastBanner({ shows }: { shows?: string }) {
  const asOf = useAsOf();
  const choose = useChoose();
  if (!asOf) return null;
  return (
    <div className={shows ? 'past-note' : 'past-note none'} role="status">
      <HistoryRegular aria-hidden />
      <span>{shows ? <><b>As of the end of {date(asOf)} (UTC).</b> {shows}</> : <><b>This is now, not {date(asOf)}.</b> No history is kept of what this screen shows.</>}</span>
      <button className="link" onClick={() => choose({ asOf: '' })}>Back to now</button>
    </div>
  );
}
