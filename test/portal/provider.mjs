// usage: node provider.mjs FOLDER
// An OpenID provider over TLS for one test: who it lets in is what FOLDER/person.json says at that moment. Writes its
// certificate to FOLDER/provider.pem, then "ISSUER PORT" on a line: where it is, and a free port for the server that asks it.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createServer as listen } from 'node:net';
import { join } from 'node:path';
import { certificate } from './certificate.mjs';

const folder = process.argv[2];
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const made = certificate();
const codes = new Map();
let issuer;
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function idToken({ client, nonce }) {
  const now = Math.floor(Date.now() / 1000);
  const text = `${part({ alg: 'ES256', kid: 'one', typ: 'JWT' })}.${part({ iss: issuer, aud: client, iat: now, exp: now + 300, nonce, ...JSON.parse(readFileSync(join(folder, 'person.json'), 'utf8')) })}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

const server = createServer({ cert: made.cert, key: made.key }, async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, issuer);
  const json = (value, status = 200) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
  if (pathname === '/.well-known/openid-configuration')
    return json({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys` });
  if (pathname === '/keys') return json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'ES256' }] });
  if (pathname === '/authorize') {
    const code = randomBytes(16).toString('hex');
    codes.set(code, { client: searchParams.get('client_id'), nonce: searchParams.get('nonce'), challenge: searchParams.get('code_challenge') });
    const back = `${searchParams.get('redirect_uri')}?code=${code}&state=${searchParams.get('state')}`;
    return response.writeHead(302, { Location: back }).end();
  }
  if (pathname === '/token') {
    let body = '';
    for await (const piece of request) body += piece;
    const form = new URLSearchParams(body);
    const asked = codes.get(form.get('code'));
    codes.delete(form.get('code'));
    const verified = asked && createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url') === asked.challenge;
    return verified && form.get('client_secret') === 'a secret of the client' ? json({ id_token: idToken(asked), token_type: 'Bearer' }) : json({ error: 'invalid_grant' }, 400);
  }
  json({ error: 'not found' }, 404);
});

const free = listen();
await new Promise((ready) => free.listen(0, '127.0.0.1', ready));
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
issuer = `https://127.0.0.1:${server.address().port}`;
writeFileSync(join(folder, 'provider.pem'), made.cert);
const { port } = free.address();
await new Promise((closed) => free.close(closed));
console.log(issuer, port);
