// usage: node client.mjs http://127.0.0.1:PORT
// Talks to a running server as Microsoft's own Kusto client does, and as scripts of Defender's API do. The last line is
// "passed failed skipped".
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const { Client, KustoConnectionStringBuilder, ClientRequestProperties } = require('azure-kusto-data');

const server = process.argv[2];
let passed = 0, failed = 0;
async function check(name, work) {
  try {
    const wrong = await work();
    if (wrong === true) { ++passed; return; }
    ++failed;
    console.log(`FAILED: ${name}: ${JSON.stringify(wrong)}`);
  } catch (e) {
    ++failed;
    console.log(`FAILED: ${name}: ${e.response?.data ? JSON.stringify(e.response.data) : e.stack ?? e}`);
  }
}
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b) || { got: a, wanted: b };
const client = new Client(new KustoConnectionStringBuilder(server));
const rows = (table) => [...table.rows()].map((r) => [...r.values()]);

await check('a query', async () => {
  const answer = await client.execute('Merlon', 'print x = 1, s = "text", d = dynamic({"a": [1, 2]}), b = true');
  const [table] = answer.primaryResults;
  const row = [...table.rows()][0];
  return same([row.x, row.s, row.d, row.b, table.columns.map((c) => [c.name, c.type])],
    [1, 'text', { a: [1, 2] }, true, [['x', 'long'], ['s', 'string'], ['d', 'dynamic'], ['b', 'bool']]]);
});
await check('times and spans', async () => {
  const [table] = (await client.execute('Merlon', 'print t = datetime(2024-01-02 03:04:05), n = 1.5, x = long(null)')).primaryResults;
  const row = [...table.rows()][0];
  return same([new Date(row.t).toISOString(), row.n, row.x], ['2024-01-02T03:04:05.000Z', 1.5, null]);
});
await check('several rows in order', async () => {
  const [table] = (await client.execute('Merlon', 'range n from 1 to 3 step 1 | order by n desc')).primaryResults;
  return same([...table.rows()].map((r) => r.n), [3, 2, 1]);
});
await check('a hunting table', async () => {
  const [table] = (await client.execute('Merlon', 'DeviceInfo | count')).primaryResults;
  return same([...table.rows()].map((r) => r.Count), [0]);
});
await check('the first version of the protocol', async () => {
  const [table] = (await client.executeQueryV1('Merlon', 'print x = 5')).primaryResults;
  return same([...table.rows()].map((r) => r.x), [5]);
});
for (const version of [1, 2])
  await check(`several tables in version ${version}`, async () => {
    const text = 'range n from 1 to 3 step 1 | fork large = (where n > 1) (count)';
    const answer = await (version === 1 ? client.executeQueryV1('Merlon', text) : client.execute('Merlon', text));
    return same(answer.primaryResults.map((t) => [t.name, rows(t).map((r) => r[0])]), [['large', [2, 3]], ['PrimaryResult', [3]]]);
  });
await check('an error names its place', async () => {
  try {
    await client.execute('Merlon', 'DeviceInfo\n| where Nothing == 1');
  } catch (e) {
    const text = JSON.stringify(e.response?.data ?? e.message ?? e);
    return (text.includes('Nothing') && text.includes('2:9')) || text;
  }
  return 'accepted';
});
await check('a server timeout', async () => {
  const properties = new ClientRequestProperties();
  properties.setTimeout(20000);
  const [table] = (await client.execute('Merlon', 'print 1', properties)).primaryResults;
  return same([...table.rows()].length, 1);
});
const command = async (text) => [...(await client.executeMgmt('Merlon', text)).primaryResults[0].rows()];
await check('.show tables', async () => (await command('.show tables')).some((r) => r.TableName === 'DeviceInfo') || 'no DeviceInfo');
await check('.show databases', async () => same((await command('.show databases')).map((r) => r.DatabaseName), ['Merlon']));
await check('.show database schema as json', async () => {
  const schema = JSON.parse((await command('.show database schema as json'))[0].DatabaseSchema);
  return same(schema.Databases.Merlon.Tables.DeviceInfo.OrderedColumns.some((c) => c.Name === 'DeviceId' && c.CslType === 'string'), true);
});
await check('.show database schema', async () =>
  (await command('.show database Merlon schema')).some((r) => r.TableName === 'DeviceInfo' && r.ColumnName === 'DeviceId') || 'no DeviceId');
await check('.show table as json', async () => {
  const [row] = await command('.show table DeviceInfo schema as json');
  return same(JSON.parse(row.Schema).OrderedColumns[0].CslType, 'datetime');
});
await check('.show table cslschema', async () => (await command('.show table DeviceInfo cslschema'))[0].Schema.includes('DeviceId:string') || 'no');
await check('.show functions', async () => (await command('.show functions')).length > 0 || 'none');
await check('.show version', async () => same((await command('.show version')).length, 1));
await check('an unknown command is refused by name', async () => {
  try { await command('.drop table DeviceInfo'); } catch (e) {
    const text = JSON.stringify(e.response?.data ?? e.message ?? e);
    return text.includes('.drop table') || text;
  }
  return 'accepted';
});

const post = async (path, body) => {
  const response = await fetch(server + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
};
await check('Defender: advancedqueries', async () => {
  const { status, body } = await post('/api/advancedqueries/run', { Query: 'print a = 1, s = "x"' });
  return same([status, body], [200, { Schema: [{ Name: 'a', Type: 'Int64' }, { Name: 's', Type: 'String' }], Results: [{ a: 1, s: 'x' }] }]);
});
await check('Defender: an empty answer has its schema', async () => {
  const { body } = await post('/api/advancedqueries/run', { Query: 'DeviceInfo | project DeviceId, Timestamp | take 1' });
  return same([body.Schema, body.Results], [[{ Name: 'DeviceId', Type: 'String' }, { Name: 'Timestamp', Type: 'DateTime' }], []]);
});
await check('the suite adds its statistics', async () => {
  const { body } = await post('/api/advancedhunting/run', { Query: 'print a = 1' });
  return typeof body.Stats?.ExecutionTime === 'number' || body;
});
await check('Graph writes small letters', async () => {
  const { body } = await post('/v1.0/security/runHuntingQuery', { Query: 'print a = 1', Timespan: 'P7D' });
  return same([body.schema, body.results], [[{ name: 'a', type: 'Int64' }], [{ a: 1 }]]);
});
await check('a bad query is 400 with its place', async () => {
  const { status, body } = await post('/api/advancedqueries/run', { Query: 'DeviceInfo | where Nope == 1' });
  return same([status, body.error.code, body.error.message.includes('Nope') && body.error.message.includes('line 1')], [400, 'BadRequest', true]);
});
await check('a body without a query is refused', async () => same((await post('/api/advancedqueries/run', { q: 1 })).status, 400));

console.log(`${passed} ${failed} 0`);
process.exitCode = failed ? 1 : 0;
