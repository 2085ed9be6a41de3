// Below the list while devices are ticked: what is said of all of them at once.
import { useState } from 'react';
import { Button, Field, Input } from '@fluentui/react-components';
import { send } from '../api/client';
import { useAct } from '../ui/act';
import { FormDialog } from '../ui/form';
import { TagChoice } from '../ui/tag_choice';
import { plural } from '../ui/words';
import { ExcludeForm } from './device_actions';

// How many the server takes at a time.
export const mostAtOnce = 500;

export function DeviceTray({ ids, clear }: { ids: string[]; clear: () => void }) {
  const { act, submit } = useAct();
  const [form, setForm] = useState<'tag' | 'exclude'>();
  const them = plural(ids.length, 'device');
  const tag = (Value: string, Action: 'Add' | 'Remove') => send('POST', '/api/machines/AddOrRemoveTagForMultipleMachines', { Value, Action, MachineIds: ids });
  const exclude = (justification: string, note: string) => send('POST', '/api/machines/excludeMultiple', { machineIds: ids, justification, note });
  const include = () => send('POST', '/api/machines/includeMultiple', { machineIds: ids });
  return (
    <section className="tray" aria-label="Ticked devices">
      <div className="tray-what"><b>{them}</b><span>{ids.length > mostAtOnce ? `more than ${mostAtOnce} at once cannot be changed` : ids.length === 1 ? 'is ticked' : 'are ticked'}</span></div>
      <Button disabled={ids.length > mostAtOnce} onClick={() => setForm('tag')}>Add a tag</Button>
      <Button disabled={ids.length > mostAtOnce} onClick={() => setForm('exclude')}>Exclude</Button>
      <Button disabled={ids.length > mostAtOnce} onClick={() => void act({ send: include, done: `${them} counted again.`, failed: 'They were not included' })}>Include again</Button>
      <Button appearance="subtle" onClick={clear} className="tray-clear">Clear</Button>
      {form === 'tag' && <OneTag them={them} close={() => setForm(undefined)} save={(word) => submit({ send: () => tag(word, 'Add'), done: `${them} tagged ${word}.`, back: () => tag(word, 'Remove') })} />}
      {form === 'exclude' && <ExcludeForm name={them} close={() => setForm(undefined)} save={(justification, note) => submit({ send: () => exclude(justification, note), done: `${them} excluded.`, back: include })} />}
    </section>
  );
}

function OneTag({ them, close, save }: { them: string; close: () => void; save: (word: string) => Promise<void> }) {
  const [word, setWord] = useState('');
  return (
    <FormDialog title={`Tag ${them}`} submit="Add" ready={!!word.trim()} close={close} send={() => save(word.trim())}>
      <Field label="Tag" required><Input value={word} onChange={(_, { value }) => setWord(value)} autoFocus /></Field>
      <TagChoice chosen={word ? [word] : []} choose={(tags) => setWord(tags.at(-1) ?? '')} />
    </FormDialog>
  );
}
