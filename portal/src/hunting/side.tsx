// Beside the editor: tables with their columns, functions, saved queries, and what was run before.
import { useState, type ReactNode } from 'react';
import { Badge, Button, Input, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger, Tab, TabList, Tooltip } from '@fluentui/react-components';
import { ChevronDownRegular, ChevronRightRegular, MoreHorizontalRegular, SearchRegular, TableLightningRegular } from '@fluentui/react-icons';
import { ago, spaced } from '../ui/words';
import { Bones, Trouble } from '../ui/states';
import type { HuntSchema, HuntTable } from './language';
import type { Past, SavedQuery } from './kept';

interface Props {
  schema?: HuntSchema;
  saved?: SavedQuery[];
  trouble: unknown;
  again: () => void;
  past: Past[];
  insert: (words: string) => void;
  sample: (table: string) => void;
  open: (query: { name: string; query: string; saved?: SavedQuery }) => void;
  share: (one: SavedQuery) => void;
  drop: (one: SavedQuery) => void;
  forget: () => void;
}

const titles = { schema: 'Schema', functions: 'Functions', queries: 'Queries', history: 'History' };

export function Side(props: Props) {
  const [tab, go] = useState<keyof typeof titles>('schema');
  const [search, find] = useState('');
  const wanted = search.trim().toLowerCase();
  return (
    <aside className="hunt-side" aria-label="Schema and queries">
      <TabList size="small" selectedValue={tab} onTabSelect={(_, { value }) => go(value as keyof typeof titles)}>
        {Object.entries(titles).map(([key, title]) => <Tab key={key} value={key}>{title}</Tab>)}
      </TabList>
      <Input className="hunt-find" size="small" contentBefore={<SearchRegular />} placeholder="Find" aria-label={`Find in ${titles[tab]}`} value={search} onChange={(_, { value }) => find(value)} />
      <div className="hunt-side-body" tabIndex={-1}>
        {props.trouble ? <Trouble error={props.trouble} again={props.again} /> : !props.schema || !props.saved ? <Bones lines={10} /> : (
          <>
            {tab === 'schema' && <Tables {...props} schema={props.schema} wanted={wanted} />}
            {tab === 'functions' && <Functions schema={props.schema} wanted={wanted} insert={props.insert} />}
            {tab === 'queries' && <Queries {...props} saved={props.saved} wanted={wanted} />}
            {tab === 'history' && <History {...props} wanted={wanted} />}
          </>
        )}
      </div>
    </aside>
  );
}

const sectionWords = (section: string) => (section === 'Tvm' ? 'Vulnerability management' : spaced(section) || 'Tables');

function Tables({ schema, wanted, insert, sample }: Pick<Props, 'insert' | 'sample'> & { schema: HuntSchema; wanted: string }) {
  const fits = ({ name, columns }: HuntTable) => !wanted || name.toLowerCase().includes(wanted) || columns.some((one) => one.name.toLowerCase().includes(wanted));
  const shown = schema.tables.filter(fits);
  const fed = shown.filter(({ hasSource }) => hasSource);
  const sections = [...new Set(fed.map(({ section }) => section))];
  const empty = shown.filter(({ hasSource }) => !hasSource);
  const list = (tables: HuntTable[]) => <ul>{tables.map((table) => <TableEntry key={table.name} table={table} wanted={wanted} insert={insert} sample={sample} />)}</ul>;
  return (
    <>
      {sections.map((section) => <section key={section}><h2>{sectionWords(section)}</h2>{list(fed.filter((one) => one.section === section))}</section>)}
      {empty.length > 0 && <Fold title={`Without a source (${empty.length})`} open={!!wanted && !fed.length}><p className="quiet hunt-note">Declared, so that queries for them run; no sensor or feed of this server fills them.</p>{list(empty)}</Fold>}
      {!shown.length && <p className="quiet hunt-note">No table or column has this in its name.</p>}
    </>
  );
}

function Fold({ title, open, children }: { title: string; open?: boolean; children: ReactNode }) {
  const [shown, show] = useState(false);
  const there = shown || open;
  return (
    <section>
      <h2><button className="hunt-fold" aria-expanded={!!there} onClick={() => show(!there)}>{there ? <ChevronDownRegular /> : <ChevronRightRegular />} {title}</button></h2>
      {there && children}
    </section>
  );
}

function TableEntry({ table, wanted, insert, sample }: { table: HuntTable; wanted: string; insert: Props['insert']; sample: Props['sample'] }) {
  const [open, setOpen] = useState(false);
  const hits = wanted ? table.columns.filter(({ name }) => name.toLowerCase().includes(wanted)) : [];
  const shown = open ? table.columns : hits;
  return (
    <li>
      <div className="hunt-entry">
        <button className="hunt-fold" aria-expanded={open} aria-label={`Columns of ${table.name}`} onClick={() => setOpen(!open)}>{open ? <ChevronDownRegular /> : <ChevronRightRegular />}</button>
        <button className="hunt-name" title={table.doc} onClick={() => insert(table.name)}>{table.name}</button>
        <Tooltip content={`Sample 10 rows of ${table.name}`} relationship="label"><Button size="small" appearance="subtle" icon={<TableLightningRegular />} onClick={() => sample(table.name)} /></Tooltip>
      </div>
      {open && table.doc && <p className="quiet hunt-note">{table.doc}</p>}
      {shown.length > 0 && (
        <ul className="hunt-columns">
          {shown.map(({ name, type, doc, hasSource }) => (
            <li key={name}><button className="hunt-name" title={`${doc}${hasSource ? '' : '\nNothing fills this column.'}`} onClick={() => insert(name)}><span className={hasSource ? '' : 'quiet'}>{name}</span> <i>{type}</i></button></li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Functions({ schema, wanted, insert }: { schema: HuntSchema; wanted: string; insert: Props['insert'] }) {
  const shown = schema.functions.filter(({ name, doc, supported }) => supported && (!wanted || `${name} ${doc}`.toLowerCase().includes(wanted)));
  return (
    <>
      {(['aggregate', 'scalar'] as const).map((kind) => (
        <section key={kind}>
          <h2>{kind === 'aggregate' ? 'For summarize' : 'Scalar'}</h2>
          <ul>
            {shown.filter((one) => one.kind === kind).map(({ name, doc, signatures }) => (
              <li key={name}><button className="hunt-name hunt-two" title={signatures.join('\n')} onClick={() => insert(`${name}()`)}><span>{name}</span><i>{doc}</i></button></li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

const kinds = { own: 'My queries', shared: 'Shared by others', builtIn: 'Built in' } as const;

function Queries({ saved, wanted, open, share, drop }: Pick<Props, 'open' | 'share' | 'drop'> & { saved: SavedQuery[]; wanted: string }) {
  const shown = saved.filter(({ name, description, query }) => !wanted || `${name} ${description} ${query}`.toLowerCase().includes(wanted));
  return (
    <>
      {(Object.keys(kinds) as (keyof typeof kinds)[]).map((kind) => (
        <section key={kind}>
          <h2>{kinds[kind]}</h2>
          {kind === 'own' && !shown.some((one) => one.kind === 'own') && <p className="quiet hunt-note">{wanted ? 'None fits.' : 'Save a query with Ctrl S to find it here.'}</p>}
          <ul>
            {shown.filter((one) => one.kind === kind).map((one) => (
              <li key={one.id} className="hunt-entry">
                <button className="hunt-name hunt-two" title={one.query} onClick={() => open({ name: one.name, query: one.query, saved: one })}>
                  <span>{one.name} {one.shared && kind === 'own' && <Badge size="small" appearance="tint">shared</Badge>}</span><i>{kind === 'shared' ? `${one.owner}. ` : ''}{one.description}</i>
                </button>
                {one.canChange && (
                  <Menu>
                    <MenuTrigger disableButtonEnhancement><Button size="small" appearance="subtle" icon={<MoreHorizontalRegular />} aria-label={`More for ${one.name}`} /></MenuTrigger>
                    <MenuPopover><MenuList>
                      <MenuItem onClick={() => share(one)}>{one.shared ? 'Do not share' : 'Share with everybody'}</MenuItem>
                      <MenuItem onClick={() => drop(one)}>Delete</MenuItem>
                    </MenuList></MenuPopover>
                  </Menu>
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function History({ past, wanted, open, forget }: Pick<Props, 'past' | 'open' | 'forget'> & { wanted: string }) {
  const shown = past.filter(({ query }) => !wanted || query.toLowerCase().includes(wanted));
  if (!shown.length) return <p className="quiet hunt-note">{wanted ? 'None fits.' : 'Queries that you ran in this browser will be here.'}</p>;
  return (
    <>
      <ul>
        {shown.map(({ query, at, words }) => (
          <li key={at}><button className="hunt-name hunt-two" title={query} onClick={() => open({ name: 'From the history', query })}><span className="mono">{query}</span><i>{ago(new Date(at).toISOString())}, {words}</i></button></li>
        ))}
      </ul>
      <Button size="small" appearance="subtle" onClick={forget}>Forget all</Button>
    </>
  );
}
