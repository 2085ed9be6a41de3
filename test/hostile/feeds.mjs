// Feeds that somebody made to do harm. usage: node feeds.mjs FOLDER
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
const folder = process.argv[2];
const write = (name, bytes) => fs.writeFileSync(path.join(folder, name), bytes);
const nvd = (records) => JSON.stringify({ resultsPerPage: records.length, startIndex: 0, totalResults: records.length, format: 'NVD_CVE', version: '2.0', timestamp: '2024-03-04T05:06:07.000', vulnerabilities: records.map((cve) => ({ cve })) });
const cve = (id, more = {}) => ({ id, published: '2024-01-02T03:04:05.000', lastModified: '2024-02-03T04:05:06.000', vulnStatus: 'Analyzed', descriptions: [{ lang: 'en', value: 'text' }], metrics: {}, references: [],
  configurations: [{ nodes: [{ operator: 'OR', negate: false, cpeMatch: [{ vulnerable: true, criteria: 'cpe:2.3:a:acme:tool:*:*:*:*:*:*:*:*', versionEndExcluding: '2.0' }] }] }], ...more });
const osv = (id, more = {}) => JSON.stringify({ schema_version: '1.6.0', id, modified: '2024-01-01T00:00:00Z', published: '2024-01-01T00:00:00Z', affected: [{ package: { ecosystem: 'PyPI', name: 'tool' }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.0' }] }] }], ...more });

write('good.json', nvd([cve('CVE-2024-0001')]));
write('long-description.json', nvd([cve('CVE-2024-0002', { descriptions: [{ lang: 'en', value: 'x'.repeat(10_000_000) }] }), cve('CVE-2024-0003')]));
write('million-ranges.json', osv('GHSA-aaaa-bbbb-0001', { affected: [{ package: { ecosystem: 'PyPI', name: 'tool' }, ranges: [{ type: 'ECOSYSTEM', events: Array.from({ length: 1_000_000 }, (_, i) => (i % 2 ? { fixed: `${i}` } : { introduced: `${i}` })) }] }] }));
write('million-matches.json', nvd([cve('CVE-2024-0004', { configurations: [{ nodes: [{ operator: 'OR', negate: false, cpeMatch: Array.from({ length: 150_000 }, (_, i) => ({ vulnerable: true, criteria: `cpe:2.3:a:acme:tool:${i}:*:*:*:*:*:*:*` })) }] }] })]));
write('wrong-types.json', nvd([cve(17), cve('CVE-2024-0005', { descriptions: 'text' }), cve('CVE-2024-0006', { configurations: { nodes: 3 } }), cve('CVE-2024-0007', { metrics: [1, 2] }), cve('CVE-2024-0008', { published: {} }), cve('CVE-2024-0009')]));
write('twice.json', nvd([cve('CVE-2024-0010'), cve('CVE-2024-0010', { descriptions: [{ lang: 'en', value: 'the other' }] })]));
write('cut-off.json', nvd([cve('CVE-2024-0011')]).slice(0, -20));
write('deep.json', '{"vulnerabilities":' + '['.repeat(200_000) + ']'.repeat(200_000) + ',"format":"NVD_CVE"}');
write('deep-record.json', '{"format":"NVD_CVE","version":"2.0","vulnerabilities":[{"cve":{"id":"CVE-2024-0013","configurations":' + '['.repeat(100_000) + ']'.repeat(100_000) + '}}]}');
write('no-text.json', Buffer.concat([Buffer.from('{"format":"NVD_CVE","vulnerabilities":[{"cve":{"id":"'), Buffer.from([0xff, 0xfe, 0x00]), Buffer.from('"}}]}')]));
write('bomb.json.gz', zlib.gzipSync(Buffer.concat([Buffer.from('{"format":"NVD_CVE","vulnerabilities":[{"cve":{"id":"CVE-2024-0012","descriptions":[{"lang":"en","value":"'), Buffer.alloc(300_000_000, 'x'), Buffer.from('"}]}}]}')]), { level: 9 }));
write('nulls.ndjson', '{"kind": "advisory", "id": null, "source": 3}\n');
