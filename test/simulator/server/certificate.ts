import type { KeyObject } from 'node:crypto';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

export interface ServerCertificate {
  /** PEM of the authority that signed the certificate: what clients trust. */
  readonly caCertificate: string;
  /** PEM, leaf first. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
  /** SHA-256 of the leaf's DER, hex, lower case. */
  readonly sha256: string;
}

export interface CertificateRequest {
  readonly commonName: string;
  /** IP addresses and DNS names. */
  readonly subjectAltNames: readonly string[];
  readonly validFrom: Date;
  readonly validTo: Date;
}

/** DER, as far as a certificate needs it (X.690 §8). */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length = Buffer.from(content.length.toString(16).padStart(content.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}

const SEQUENCE = 0x30;
const OCTETS = 0x04;
const BITS = 0x03;
const INTEGER = 0x02;

function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const digits = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    bytes.push(...digits);
  }
  return der(0x06, Buffer.from(bytes));
}

const ECDSA_SHA256 = der(SEQUENCE, objectId('1.2.840.10045.4.3.2'));
const COMMON_NAME = objectId('2.5.4.3');
const BASIC_CONSTRAINTS = objectId('2.5.29.19');
const SUBJECT_ALT_NAME = objectId('2.5.29.17');
const TRUE = der(0x01, Buffer.from([0xff]));

function nameOf(commonName: string): Buffer {
  return der(SEQUENCE, der(0x31, der(SEQUENCE, COMMON_NAME, der(0x0c, Buffer.from(commonName)))));
}

/** UTCTime until 2049, GeneralizedTime after (RFC 5280 §4.1.2.5). */
function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  return date.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : der(0x18, Buffer.from(`${digits}Z`));
}

function ipBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail ?? '')];
  return Buffer.from(all.map(group => group.padStart(4, '0')).join(''), 'hex');
}

function altName(name: string): Buffer {
  return isIP(name) === 0 ? der(0x82, Buffer.from(name)) : der(0x87, ipBytes(name));
}

function certificateDer(
  request: CertificateRequest,
  keys: { readonly subject: KeyObject; readonly issuer: KeyObject },
  issuerName: string,
  extensions: readonly Buffer[],
): Buffer {
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(8)]);
  const toSign = der(
    SEQUENCE,
    der(0xa0, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, serial),
    ECDSA_SHA256,
    nameOf(issuerName),
    der(SEQUENCE, time(request.validFrom), time(request.validTo)),
    nameOf(request.commonName),
    keys.subject.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, ...extensions)),
  );
  const signature = sign('sha256', toSign, keys.issuer);
  return der(SEQUENCE, toSign, ECDSA_SHA256, der(BITS, Buffer.from([0]), signature));
}

function pem(content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** An authority of its own (P-256) and one server certificate signed by it. Node can sign, but not build certificates. */
export function issueCertificate(request: CertificateRequest): ServerCertificate {
  const authority = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const server = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const authorityName = `${request.commonName} test authority`;
  const isAuthority = der(SEQUENCE, BASIC_CONSTRAINTS, TRUE, der(OCTETS, der(SEQUENCE, TRUE)));
  const year = 365 * 86_400_000;
  const ca = certificateDer(
    {
      commonName: authorityName,
      subjectAltNames: [],
      validFrom: new Date(request.validFrom.getTime() - year),
      validTo: new Date(request.validTo.getTime() + 10 * year),
    },
    { subject: authority.publicKey, issuer: authority.privateKey },
    authorityName,
    [isAuthority],
  );
  const names = der(SEQUENCE, ...request.subjectAltNames.map(altName));
  const leaf = certificateDer(request, { subject: server.publicKey, issuer: authority.privateKey }, authorityName, [
    der(SEQUENCE, SUBJECT_ALT_NAME, der(OCTETS, names)),
  ]);
  return {
    caCertificate: pem(ca),
    certificate: pem(leaf),
    privateKey: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    sha256: createHash('sha256').update(leaf).digest('hex'),
  };
}
