// Shows /api/openapi.json: operations by tag, with parameters, bodies and answers; a search over all of it. Texts of the document
// become text nodes only.
const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};
const isList = (schema) => [schema?.type].flat().includes('array');
const typeOf = (schema) => {
  if (!schema) return '';
  if (schema.$ref) return schema.$ref.split('/').pop();
  if (isList(schema)) return `${typeOf(schema.items) || 'any'}[]`;
  const type = [schema.type ?? 'any'].flat().filter((one) => one !== 'null').join(' | ');
  return type + (schema.format ? ` (${schema.format})` : '') + (schema.enum ? `: ${schema.enum.join(', ')}` : '');
};
const table = (heads, rows) =>
  make('table', {}, make('tr', {}, ...heads.map((head) => make('th', { textContent: head }))),
    ...rows.map((row) => make('tr', {}, ...row.map((cell, i) => make('td', {}, i === 0 ? make('code', { textContent: cell }) : cell)))));

function members(schema, all, depth = 0) {
  if (schema?.$ref) return members(all[schema.$ref.split('/').pop()], all, depth);
  if (isList(schema)) return members(schema.items, all, depth);
  if (!schema?.properties) return null;
  const rows = Object.entries(schema.properties).map(([name, about]) => [name, typeOf(about), (schema.required?.includes(name) ? 'required. ' : '') + (about.description ?? '')]);
  const inner = depth === 0 && schema.properties.value?.items ? members(schema.properties.value, all, 1) : null;
  const parts = [table(['name', 'type', ''], rows)];
  if (inner) parts.push(make('p', { textContent: 'Each of value:' }), inner);
  return make('div', {}, ...parts);
}

function operation(path, method, about, document) {
  const box = make('details', { id: about.operationId });
  box.append(make('summary', {}, make('span', { className: `method ${method}`, textContent: method.toUpperCase() }), make('span', { className: 'path', textContent: path }),
    make('span', { className: 'what', textContent: about.summary })));
  // Filled when it is opened first: there are many.
  box.addEventListener('toggle', () => {
    if (!box.open || box.childElementCount > 1) return;
    const body = make('div');
    if (about.description) body.append(...about.description.split('\n\n').map((text) => make('p', { textContent: text })));
    if (about['x-permission'] === 'signed-in') body.append(make('p', { textContent: 'For everybody who is signed in.' }));
    if (about.security?.length === 0) body.append(make('p', { textContent: 'Needs no credential.' }));
    if (about.parameters?.length)
      body.append(make('h3', { textContent: 'Parameters' }), table(['name', 'type', ''], about.parameters.map((one) => [one.name, typeOf(one.schema), (one.required ? 'required. ' : '') + (one.description ?? '')])));
    for (const [type, content] of Object.entries(about.requestBody?.content ?? {})) body.append(make('h3', { textContent: `Body, ${type}` }), members(content.schema, document.components.schemas) ?? '',
      content.example ? make('pre', { textContent: JSON.stringify(content.example, null, 2) }) : '');
    for (const [status, answer] of Object.entries(about.responses)) {
      if (status === 'default') continue;
      const types = Object.keys(answer.content ?? {});
      body.append(make('h3', { textContent: `Answer ${status}${types.length ? ', ' + types.join(', ') : ''}` }), members(answer.content?.['application/json']?.schema, document.components.schemas) ?? '');
    }
    const call = `curl -H "Authorization: Bearer $TOKEN" ${method === 'get' ? '' : `-X ${method.toUpperCase()} -H "Content-Type: application/json" -d '${JSON.stringify(about.requestBody?.content?.['application/json']?.example ?? {})}' `}'${location.origin}${path}'`;
    body.append(make('pre', { textContent: call }));
    box.append(body);
  });
  box.dataset.text = `${method} ${path} ${about.summary} ${about['x-permission'] ?? ''}`.toLowerCase();
  return box;
}

const answer = await fetch('/api/openapi.json');
const main = document.getElementById('operations');
if (!answer.ok) {
  main.append(make('p', { textContent: answer.status === 401 ? 'Sign in first, then come back.' : `The document could not be fetched (${answer.status}).` }));
} else {
  const openapi = await answer.json();
  const groups = new Map();
  for (const [path, item] of Object.entries(openapi.paths))
    for (const [method, about] of Object.entries(item)) {
      const tag = about.tags?.[0] ?? 'other';
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operation(path, method, about, openapi));
    }
  const sections = [...groups].sort(([a], [b]) => a.localeCompare(b, 'en', { sensitivity: 'base' })).map(([tag, boxes]) => make('section', {}, make('h2', { textContent: tag }), ...boxes));
  main.append(...sections);
  const find = document.getElementById('find');
  find.addEventListener('input', () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const section of sections) {
      let shown = 0;
      for (const box of section.querySelectorAll('details')) {
        box.hidden = !words.every((word) => box.dataset.text.includes(word));
        shown += box.hidden ? 0 : 1;
      }
      section.hidden = shown === 0;
    }
  });
  if (location.hash) document.getElementById(location.hash.slice(1))?.setAttribute('open', '');
}
