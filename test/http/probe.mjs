// Small probes for the suite.
//   get URL [CA]            status, headers and body over TLS or plain
//   socket FILE PATH        the body of a GET over a Unix socket
//   tls HOST:PORT VERSION   the protocol that a client of one version gets; exit 1 when it gets none
//   load URL                requests until the server is gone
import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import {readFileSync} from 'node:fs';

const [verb, where, more] = process.argv.slice(2);
const show = (response, body) => console.log(response.statusCode + '\n' + response.rawHeaders.reduce((all, part, i) => all + (i % 2 ? `: ${part}\n` : part), '') + '\n' + body);
const read = (response, done) => { let body = ''; response.on('data', (piece) => { body += piece; }); response.on('end', () => done(body)); };
const failed = (problem) => { console.log(problem.message); process.exit(1); };
if (verb === 'get') (where.startsWith('https') ? https : http).get(where, more ? {ca: readFileSync(more)} : {}, (response) => read(response, (body) => show(response, body))).on('error', failed);
if (verb === 'socket') http.get({socketPath: where, path: more, headers: {Host: 'localhost'}}, (response) => read(response, (body) => console.log(body))).on('error', failed);
if (verb === 'tls') {
  const [host, port] = where.split(':');
  const socket = tls.connect({host, port: Number(port), rejectUnauthorized: false, minVersion: more, maxVersion: more, ciphers: 'ALL:@SECLEVEL=0'}, () => { console.log(socket.getProtocol()); socket.end(); });
  socket.on('error', failed);
}
if (verb === 'load') for (;;) { try { await fetch(where); } catch { process.exit(0); } }
