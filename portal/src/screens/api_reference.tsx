// API reference, from the server's own OpenAPI document.
import { useMemo, useRef } from 'react';
import { Link } from 'react-router';
import { SearchBox } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import { useKeys } from '../app/keyboard';
import { useOpen, useWord } from '../ui/address';
import { Head } from '../ui/head';
import { Facts, Panel, Section } from '../ui/panel';
import { Bones, Explain, Trouble } from '../ui/states';
import { plural, spaced } from '../ui/words';

interface Schema { $ref?: string; type?: string | string[]; format?: string; description?: string; items?: Schema; properties?: Record<string, Schema>; required?: string[]; enum?: string[]; additionalProperties?: Schema | boolean }
interface Parameter { name: string; in: string; required?: boolean; description?: string; schema?: Schema; $ref?: string }
interface Operation {
  summary?: string; description?: string; tags?: string[]; parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses?: Record<string, { description?: string; content?: Record<string, { schema?: Schema }> }>;
}
interface Document { info: { title: string; version: string }; paths: Record<string, Record<string, Operation>>; components?: { schemas?: Record<string, Schema>; parameters?: Record<string, Parameter> } }
interface Entry { id: string; method: string; path: string; operation: Operation }

const typeWords = (schema: Schema | undefined): string => {
  if (!schema) return '';
  if (schema.$ref) return schema.$ref.split('/').at(-1)!;
  if (schema.items) return `list of ${typeWords(schema.items) || 'anything'}`;
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'anything');
  return schema.enum ? schema.enum.join(' | ') : schema.format ? `${type} (${schema.format})` : type;
};

export default function ApiReference() {
  const [text, setText] = useWord('q');
  const box = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => box.current?.focus() });
  const [openId, open] = useOpen();
  const { data, error, refetch } = useQuery({ queryKey: ['openapi'], queryFn: ({ signal }) => get<Document>('/api/openapi.json', signal), staleTime: Infinity });
  const entries = useMemo<Entry[]>(() => Object.entries(data?.paths ?? {}).flatMap(([path, operations]) => Object.entries(operations).map(([method, operation]) => ({ id: `${method} ${path}`, method, path, operation }))), [data]);
  const low = text.trim().toLowerCase();
  const shown = low ? entries.filter(({ id, operation }) => `${id} ${operation.summary} ${operation.description}`.toLowerCase().includes(low)) : entries;
  const tags = [...new Set(shown.map(({ operation }) => operation.tags?.[0] ?? 'other'))];
  const chosen = entries.find(({ id }) => id === openId);
  return (
    <div className="page">
      <Head title="API reference" text={<>Everything that this portal does, it does through this API. Paths, fields and options are those of Defender's API where that has them. The document: <a href="/api/openapi.json">OpenAPI</a>; a token: <Link to="/settings?tab=tokens">Settings</Link>.</>} />
      <SearchBox ref={box} className="list-search" placeholder="Search calls" aria-label="Search calls" value={text} onChange={(_, { value }) => setText(value)} />
      {error && <Trouble error={error} again={() => void refetch()} />}
      {!data && !error && <Bones lines={12} />}
      {data && !shown.length && <Explain title="Nothing fits" text="No call has these words." />}
      {tags.map((tag) => {
        const own = shown.filter(({ operation }) => (operation.tags?.[0] ?? 'other') === tag);
        return (
          <section key={tag} className="card calls">
            <h2>{spaced(tag[0]!.toUpperCase() + tag.slice(1))}<span className="quiet">{plural(own.length, 'call')}</span></h2>
            <ul>
              {own.map(({ id, method, path, operation }) => (
                <li key={id}><button className={id === openId ? 'call open' : 'call'} onClick={() => open(id)}><b className={`method method-${method}`}>{method.toUpperCase()}</b><span className="mono">{path}</span><span className="quiet">{operation.summary}</span></button></li>
              ))}
            </ul>
          </section>
        );
      })}
      {openId && data && !chosen && <Panel id={openId} close={() => open()} title={openId}><Explain title="This is not here" text="This server has no such call: the address may be mistyped, or from another version." /></Panel>}
      {chosen && data && <CallPanel entry={chosen} document={data} close={() => open()} />}
    </div>
  );
}

function CallPanel({ entry: { id, method, path, operation }, document, close }: { entry: Entry; document: Document; close: () => void }) {
  const resolve = (schema: Schema | undefined): Schema | undefined => (schema?.$ref ? document.components?.schemas?.[schema.$ref.split('/').at(-1)!] : schema);
  const parameters = (operation.parameters ?? []).map((one) => (one.$ref ? document.components?.parameters?.[one.$ref.split('/').at(-1)!] : one)).filter((one) => one !== undefined);
  const body = resolve(Object.values(operation.requestBody?.content ?? {})[0]?.schema);
  const [status, answer] = Object.entries(operation.responses ?? {}).find(([code]) => code.startsWith('2')) ?? [];
  const whole = resolve(Object.values(answer?.content ?? {})[0]?.schema);
  const row = resolve(whole?.properties?.value?.items);
  const sample = `curl -H "Authorization: Bearer $TOKEN"${method === 'get' ? '' : ` -X ${method.toUpperCase()}`}${body ? ` -H 'Content-Type: application/json' -d '${JSON.stringify(Object.fromEntries(Object.entries(body.properties ?? {}).filter(([name]) => !body.required || body.required.includes(name)).map(([name, schema]) => [name, schema.items ? [] : schema.type === 'integer' ? 1 : schema.enum?.[0] ?? '...'])))}'` : ''} "${location.origin}${path}"`;
  return (
    <Panel id={id} close={close} title={operation.summary ?? path} under={<><b className={`method method-${method}`}>{method.toUpperCase()}</b><span className="mono">{path}</span></>}>
      {operation.description && <p className="text">{operation.description}</p>}
      <Section title="By hand"><pre className="query">{sample}</pre></Section>
      {parameters.length > 0 && <Section title="Parameters"><Facts facts={parameters.map((one) => [`${one.name}${one.required ? ' (required)' : ''}`, <span key={one.name}>{typeWords(one.schema)}{one.description && <><br /><span className="quiet">{one.description}</span></>}</span>])} /></Section>}
      {body && <Section title="Body"><Fields schema={body} /></Section>}
      {status && <Section title={`Answer ${status}`}>{row ? <><p className="quiet">A list, in <code>value</code>, of:</p><Fields schema={row} /></> : whole?.properties ? <Fields schema={whole} /> : <p className="quiet">{answer?.description}</p>}</Section>}
    </Panel>
  );
}

function Fields({ schema }: { schema: Schema }) {
  return (
    <table className="small-table" aria-label="Fields">
      <tbody>
        {Object.entries(schema.properties ?? {}).map(([name, one]) => (
          <tr key={name}><td className="mono">{name}{schema.required?.includes(name) && ' *'}</td><td>{typeWords(one)}</td><td className="quiet" title={one.description}>{one.description}</td></tr>
        ))}
      </tbody>
    </table>
  );
}
