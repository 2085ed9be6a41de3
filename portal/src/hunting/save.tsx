import { useState } from 'react';
import { Checkbox, Field, Input, Textarea } from '@fluentui/react-components';
import { send } from '../api/client';
import { FormDialog } from '../ui/form';
import type { SavedQuery } from './kept';

interface Props { name: string; query: string; before?: SavedQuery; close: () => void; saved: (one: SavedQuery) => void }

// Saves as new, or over the query that the tab was opened from.
export function SaveDialog({ name: given, query, before, close, saved }: Props) {
  const [name, setName] = useState(before?.name ?? (/^(Query \d+|From .*)$/.test(given) ? '' : given));
  const [description, setDescription] = useState(before?.description ?? '');
  const [shared, setShared] = useState(before?.shared ?? false);
  const [over, setOver] = useState(!!before);
  const write = async () => {
    const body = { name: name.trim(), description, query, shared };
    saved(before && over ? await send('PATCH', `/api/savedQueries/${before.id}`, body) : await send('POST', '/api/savedQueries', body));
  };
  return (
    <FormDialog title="Save the query" submit="Save" ready={!!name.trim() && !!query.trim()} send={write} close={close}>
      <Field label="Name" required><Input value={name} onChange={(_, { value }) => setName(value)} autoFocus /></Field>
      <Field label="Description"><Textarea value={description} onChange={(_, { value }) => setDescription(value)} /></Field>
      <Checkbox checked={shared} onChange={(_, { checked }) => setShared(checked === true)} label="Share with everybody who may hunt" />
      {before && <Checkbox checked={over} onChange={(_, { checked }) => setOver(checked === true)} label={`In place of ${before.name}`} />}
      {!query.trim() && <p className="quiet">There is no query yet.</p>}
    </FormDialog>
  );
}
