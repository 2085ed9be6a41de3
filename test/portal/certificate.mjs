// A self-signed certificate for 127.0.0.1, good for a day, in DER by hand: Node signs, but makes no certificates.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const length = (n) => (n < 128 ? [n] : n < 256 ? [0x81, n] : [0x82, n >> 8, n & 255]);
const tagged = (tag, ...parts) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...length(body.length)]), body]);
};
const sequence = (...parts) => tagged(0x30, ...parts);
const oid = (hex) => tagged(0x06, Buffer.from(hex, 'hex'));
const time = (at) => tagged(0x17, Buffer.from(at.toISOString().replace(/[-:T]/g, '').slice(2, 14) + 'Z'));
const extension = (id, value, critical = false) => sequence(oid(id), ...(critical ? [Buffer.from([1, 1, 255])] : []), tagged(0x04, value));

export function certificate() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('2a8648ce3d040302')); // ecdsa-with-SHA256
  const name = sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from('a provider of a test'))))); // CN
  const day = 86_400_000;
  const body = sequence(
    tagged(0xa0, Buffer.from([2, 1, 2])), // version 3
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm, name, sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + day))), name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(
      extension('551d13', sequence(Buffer.from([1, 1, 255])), true), // basicConstraints: CA
      extension('551d11', sequence(tagged(0x87, Buffer.from([127, 0, 0, 1])))), // subjectAltName: IP
    )),
  );
  const whole = sequence(body, algorithm, tagged(0x03, Buffer.from([0]), sign('sha256', body, privateKey)));
  const pem = `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
  return { cert: pem, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
}
