// Asking for a remediation: an activity for IT; nothing changes on devices by it.
import { useState } from 'react';
import { Field, Input, Radio, RadioGroup, Select, Textarea } from '@fluentui/react-components';
import { send } from '../api/client';
import type { Recommendation, RemediationTask } from '../api/kinds';
import { useAct } from '../ui/act';
import { FormDialog } from '../ui/form';
import { GroupChoice } from '../ui/groups';
import { plural, remediationWords } from '../ui/words';

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
export const endOf = (day: string) => `${day}T23:59:59Z`;

export function RemediationForm({ one, close }: { one: Recommendation; close: () => void }) {
  const { tell } = useAct();
  const types = one.remediationType === 'Update' || one.remediationType === 'Upgrade' ? [one.remediationType, 'Uninstall'] : [one.remediationType];
  const [type, setType] = useState(one.remediationType);
  const [groups, setGroups] = useState<string[]>();
  const [quiet, setQuiet] = useState(false);
  const [priority, setPriority] = useState('Medium');
  const [due, setDue] = useState(inDays(30));
  const [owner, setOwner] = useState('');
  const [notes, setNotes] = useState('');
  const watched = type === 'AttentionRequired';
  const ask = async () => {
    const made = await send<RemediationTask>('POST', '/api/remediationTasks', {
      recommendationId: one.id, type, priority, requesterNotes: notes, owner,
      ...(groups ? { rbacGroupNames: groups } : {}), ...(watched ? {} : { dueOn: endOf(due) }), ...(quiet ? { productivityImpactRemediationType: 'NonProductivityImpactedAssets' } : {}),
    });
    void tell(`Asked for: ${made.title}, ${plural(made.targetDevices, 'device')}.`, () => send('POST', `/api/remediationTasks/${made.id}/cancel`));
  };
  return (
    <FormDialog title={`Remediation: ${one.recommendationName}`} submit="Ask for it" ready={(watched || !!due) && (!groups || groups.length > 0)} send={ask} close={close}>
      <Field label="Remediation option">
        <RadioGroup value={type} onChange={(_, { value }) => setType(value)}>
          {types.map((value) => <Radio key={value} value={value} label={value === 'Uninstall' ? 'Software uninstall' : `${remediationWords(value)}${one.recommendedVersion ? ` to ${one.recommendedVersion}` : ''}`} />)}
        </RadioGroup>
      </Field>
      <GroupChoice label="Devices" chosen={groups} choose={setGroups} />
      {one.scid && one.nonProductivityImpactedAssets > 0 && (
        <Field label="Users">
          <RadioGroup value={quiet ? 'quiet' : 'all'} onChange={(_, { value }) => setQuiet(value === 'quiet')}>
            <Radio value="all" label="On all exposed devices" />
            <Radio value="quiet" label={`Only where users would not notice (${plural(one.nonProductivityImpactedAssets, 'device')})`} />
          </RadioGroup>
        </Field>
      )}
      <div className="form-row">
        <Field label="Priority">
          <Select value={priority} onChange={(_, { value }) => setPriority(value)}>{['High', 'Medium', 'Low'].map((word) => <option key={word}>{word}</option>)}</Select>
        </Field>
        {!watched && <Field label="Due on"><Input type="date" value={due} min={inDays(0)} onChange={(_, { value }) => setDue(value)} /></Field>}
      </div>
      <Field label="Owner" hint="Who is to do it"><Input value={owner} onChange={(_, { value }) => setOwner(value)} /></Field>
      <Field label="Notes"><Textarea value={notes} onChange={(_, { value }) => setNotes(value)} resize="vertical" /></Field>
    </FormDialog>
  );
}
