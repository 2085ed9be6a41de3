// Receivers of notifications, as people have them: webhooks over TLS that answer as the first part of the path says (good, busy, down,
// hang, cut, long), a syslog receiver over TLS with octet counting (RFC 5425), and a mail server that insists on STARTTLS.
// usage: node receivers.mjs LOG KEY CERTIFICATE   prints "HTTPS_PORT SYSLOG_PORT SMTP_PORT"; a line of LOG is what one of them got.
// Serves until its input ends.
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';

const [log, key_file, certificate_file] = process.argv.slice(2);
const note = (entry) => fs.appendFileSync(log, JSON.stringify(entry) + '\n');
const secure = { key: fs.readFileSync(key_file), cert: fs.readFileSync(certificate_file) };
const seen = new Map();

const hooks = https.createServer(secure, (request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece)).on('end', () => {
    const mode = request.url.split('/')[1];
    const nth = (seen.get(request.url) ?? 0) + 1;
    seen.set(request.url, nth);
    note({ to: mode, path: request.url, nth, id: request.headers['x-merlon-delivery'], event: request.headers['x-merlon-event'], time: request.headers['x-merlon-timestamp'],
      signature: request.headers['x-merlon-signature'], body: Buffer.concat(pieces).toString() });
    switch (mode) {
      case 'busy': return nth === 1 ? response.writeHead(429, { 'retry-after': '30' }).end('slow down') : response.writeHead(200).end('ok');
      case 'down': return response.writeHead(500).end('out of order');
      case 'hang': return undefined;
      case 'cut': return request.socket.destroy();
      case 'long': return response.writeHead(200).end('x'.repeat(70_000));
      case 'moved': return response.writeHead(302, { location: '/good/elsewhere' }).end();
      case 'ticket': return response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ key: `OPS-${nth}` }));
      default: return response.writeHead(200).end('ok');
    }
  });
});

const syslog = tls.createServer(secure, (socket) => {
  let rest = Buffer.alloc(0);
  socket.on('error', (problem) => note({ to: 'syslog', problem: problem.code }));
  socket.on('end', () => rest.length > 0 && note({ to: 'syslog', problem: `${rest.length} bytes are left over` }));
  socket.on('data', (piece) => {
    rest = Buffer.concat([rest, piece]);
    for (;;) {
      const blank = rest.indexOf(' ');
      const size = Number(rest.subarray(0, blank).toString());
      if (blank < 1 || !Number.isInteger(size) || rest.length < blank + 1 + size) break;
      note({ to: 'syslog', message: rest.subarray(blank + 1, blank + 1 + size).toString() });
      rest = rest.subarray(blank + 1 + size);
    }
  });
});

// SMTP as far as a sender needs it; before STARTTLS nobody may send.
const smtp = net.createServer((plain) => {
  let socket = plain, encrypted = false, text = '', data = null, to = [];
  const say = (line) => socket.write(line + '\r\n');
  const line_of = (line) => {
    if (data !== null) {
      if (line !== '.') { data += line.replace(/^\./, '') + '\n'; return; }
      note({ to: 'mail', encrypted, recipients: to.join(), body: data });
      data = null;
      say('250 taken');
      return;
    }
    const word = line.split(/[ :]/)[0].toUpperCase();
    if (word === 'EHLO' || word === 'HELO') say(encrypted ? '250-mail.test\r\n250 8BITMIME' : '250-mail.test\r\n250 STARTTLS');
    else if (word === 'STARTTLS') {
      say('220 go on');
      plain.removeAllListeners('data');
      socket = new tls.TLSSocket(plain, { isServer: true, ...secure });
      encrypted = true;
      text = '';
      socket.on('data', take).on('error', () => {});
    } else if (word === 'QUIT') { say('221 bye'); socket.end(); }
    else if (!encrypted) say('530 Must issue a STARTTLS command first');
    else if (word === 'MAIL') { to = []; say('250 ok'); }
    else if (word === 'RCPT') { to.push(line.slice(8)); say('250 ok'); }
    else if (word === 'DATA') { data = ''; say('354 go on'); }
    else say('502 what');
  };
  function take(piece) {
    text += piece.toString('latin1');
    for (let end; (end = text.indexOf('\r\n')) >= 0;) {
      const line = text.slice(0, end);
      text = text.slice(end + 2);
      line_of(line);
    }
  }
  plain.on('data', take).on('error', () => {});
  say('220 mail.test');
});

const listening = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
console.log([await listening(hooks), await listening(syslog), await listening(smtp)].join(' '));
process.stdin.resume().on('end', () => process.exit(0));
