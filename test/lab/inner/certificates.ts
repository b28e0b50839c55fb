import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runOrFail } from '../run-program.ts';

export interface CertificateRequest {
  /** File name without ending. */
  readonly name: string;
  /** OpenSSL notation, `/O=…/CN=…`. */
  readonly subject: string;
  readonly usage: string;
  readonly alternativeNames?: string;
}

/** The lab's own certificate authority, one folder of PEM files. Elliptic curve keys: a few ms each. */
export class CertificateAuthority {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(folder: string): Promise<CertificateAuthority> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const authority = new CertificateAuthority(folder);
    const request = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650'];
    await runOrFail('openssl', [
      'req', '-x509', ...request, '-subj', '/CN=pure-pso-lab', '-keyout', authority.key('ca'), '-out',
      authority.certificate('ca'), '-addext', 'keyUsage=critical,keyCertSign,cRLSign,digitalSignature',
    ]); // prettier-ignore
    return authority;
  }

  /** Path of a certificate in PEM. */
  certificate(name: string): string {
    return path.join(this.folder, `${name}.crt`);
  }

  /** Path of a private key in PEM. */
  key(name: string): string {
    return path.join(this.folder, `${name}.key`);
  }

  async issue({ name, subject, usage, alternativeNames }: CertificateRequest): Promise<void> {
    const extensions = path.join(this.folder, `${name}.ext`);
    const names = alternativeNames === undefined ? '' : `subjectAltName=${alternativeNames}\n`;
    writeFileSync(extensions, `keyUsage=critical,digitalSignature\nextendedKeyUsage=${usage}\n${names}`);
    const csr = path.join(this.folder, `${name}.csr`);
    await runOrFail('openssl', [
      'req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', subject,
      '-keyout', this.key(name), '-out', csr,
    ]); // prettier-ignore
    // A serial number of its own: several are issued at once.
    const serial = Buffer.from(name).toString('hex').slice(0, 36);
    await runOrFail('openssl', [
      'x509', '-req', '-in', csr, '-CA', this.certificate('ca'), '-CAkey', this.key('ca'), '-set_serial', `0x1${serial}`,
      '-days', '3650', '-extfile', extensions, '-out', this.certificate(name),
    ]); // prettier-ignore
  }

  /** A key pair's private half alone, for service account tokens. */
  async issueKey(name: string): Promise<void> {
    await runOrFail('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', this.key(name)]);
  }

  /** Text of a kubeconfig that logs in with the named certificate. */
  kubeconfig(name: string, server: string): string {
    const data = (file: string): string => readFileSync(file).toString('base64');
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'lab',
      clusters: [{ name: 'lab', cluster: { server, 'certificate-authority-data': data(this.certificate('ca')) } }],
      users: [
        {
          name,
          user: { 'client-certificate-data': data(this.certificate(name)), 'client-key-data': data(this.key(name)) },
        },
      ],
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: name } }],
    });
  }
}
