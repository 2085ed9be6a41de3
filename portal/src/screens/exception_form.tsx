// Making an exception, for a recommendation or one CVE; what it would do is shown before it is made.
import { useState } from 'react';
import { Checkbox, Field, Input, Radio, RadioGroup, Textarea } from '@fluentui/react-components';
import { ArrowRightRegular } from '@fluentui/react-icons';
import { send } from '../api/client';
import type { Exception, ExceptionEffect } from '../api/kinds';
import { useAct } from '../ui/act';
import { FormDialog } from '../ui/form';
import { GroupChoice } from '../ui/groups';
import { Preview } from '../ui/preview';
import { number, plural, tenths } from '../ui/words';
import { endOf } from './remediation_form';

export const justifications: [string, string, string][] = [
  ['ThirdPartyControl', 'Third party control', 'Another product or setting already stops it. Lowers the exposure score.'],
  ['AlternateMitigation', 'Alternate mitigation', 'A mitigation of your own stops it. Lowers the exposure score.'],
  ['RiskAccepted', 'Risk accepted', 'It is known and left as it is. The score stays.'],
  ['PlannedRemediation', 'Planned remediation (grace)', 'It will be done later. The score stays.'],
];
export const cveJustifications: [string, string, string][] = [
  ['NoPatch', 'CVE with no patch', 'There is nothing to install yet.'],
  ['FalsePositive', 'False positive', 'The devices do not have it.'],
];
export const justificationWords = (key: string) => [...justifications, ...cveJustifications].find(([value]) => value === key)?.[1] ?? key;

const presets = [30, 60, 90, 180];
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

export function ExceptionForm({ subject, title, close }: { subject: string; title: string; close: () => void }) {
  const { tell } = useAct();
  const isCve = /^cve-/i.test(subject);
  const [groups, setGroups] = useState<string[]>();
  const [justification, setJustification] = useState('ThirdPartyControl');
  const [notes, setNotes] = useState('');
  const [ends, setEnds] = useState(inDays(90));
  const [reopen, setReopen] = useState(true);
  const wanted = { subjectId: subject, justification, ...(groups ? { deviceGroups: groups } : {}) };
  const ready = !!ends && (!groups || groups.length > 0);
  const make = async () => {
    const made = await send<Exception>('POST', '/api/exceptions', { ...wanted, notes, endsOn: endOf(ends), reopenWhenWorse: reopen });
    void tell(made.status === 'PendingApproval' ? 'The exception waits for the approval of a second person.' : 'The exception is in effect.',
      () => send('POST', `/api/exceptions/${made.id}/cancel`, { reason: 'taken back' }));
  };
  return (
    <FormDialog title={`Exception: ${title}`} submit="Make the exception" ready={ready} send={make} close={close}>
      <GroupChoice label="Scope" chosen={groups} choose={setGroups} />
      <Field label="Justification">
        <RadioGroup value={justification} onChange={(_, { value }) => setJustification(value)}>
          {[...justifications, ...(isCve ? cveJustifications : [])].map(([value, words, note]) => <Radio key={value} value={value} label={<>{words}<br /><span className="quiet">{isCve && note.endsWith('stays.') ? 'The devices leave the counts.' : note}</span></>} />)}
        </RadioGroup>
      </Field>
      <Field label="Context"><Textarea value={notes} onChange={(_, { value }) => setNotes(value)} resize="vertical" /></Field>
      <Field label="Until" hint={<span className="presets">{presets.map((days) => <button key={days} type="button" className="link" onClick={() => setEnds(inDays(days))}>{days} days</button>)}</span>}>
        <Input type="date" value={ends} min={inDays(1)} max={inDays(365)} onChange={(_, { value }) => setEnds(value)} />
      </Field>
      <Checkbox label="End it by itself when the risk grows (an exploit becomes known, or twice as many devices)" checked={reopen} onChange={(_, { checked }) => setReopen(checked === true)} />
      {ready && (
        <Preview<ExceptionEffect> path="/api/exceptions/preview" wanted={wanted}>
          {(effect, newer) => (
            <>
              <span>{effect.takesDevicesOut ? <><b>{number(effect.leavingMachines)}</b> of {plural(effect.exposedMachines, 'exposed device')} would leave the counts.</> : <>{plural(effect.machinesInScope, 'device')} in scope; the counts and scores stay.</>}</span>
              <span>Exposure score <b>{tenths(effect.exposureScore)}</b> <ArrowRightRegular aria-label="becomes" /> <b>{tenths(effect.exposureScoreThen)}</b>, secure score <b>{tenths(effect.configurationScore)}</b> <ArrowRightRegular aria-label="becomes" /> <b>{tenths(effect.configurationScoreThen)}</b> {newer && '...'}</span>
            </>
          )}
        </Preview>
      )}
    </FormDialog>
  );
}
