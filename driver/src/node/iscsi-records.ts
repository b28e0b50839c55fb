import type { ChapCredentials } from '../domain/chap.ts';
import { PsoError } from '../domain/errors.ts';
import type { HostFs } from './host-fs.ts';

/** Where builds of open-iscsi keep node records: most distributions, and those that keep /etc for what people write. */
const FOLDERS = ['/etc/iscsi/nodes', '/var/lib/iscsi/nodes'];
/** Lines of a record that are ours to set. */
const OURS = /^node\.session\.auth\.(authmethod|username|password|username_in|password_in) = /;

/** `10.0.0.1:3260` → `10.0.0.1,3260`, as folders are named; IPv6 without brackets. */
const folderName = (portal: string): string => portal.replace(/^\[?(.*?)\]?:(\d+)$/, '$1,$2');

/** The files of one record: one a portal group and network interface; older builds have a file instead of a folder. */
async function filesOf(fs: HostFs, targetIqn: string, portal: string): Promise<readonly string[]> {
  const start = folderName(portal);
  const found: string[] = [];
  for (const root of FOLDERS) {
    const folder = `${root}/${targetIqn}`;
    const names = (await fs.list(folder)).filter(name => name === start || name.startsWith(`${start},`));
    for (const name of names) {
      const path = `${folder}/${name}`;
      const isFolder = (await fs.kind(path)) === 'directory';
      found.push(...(isFolder ? (await fs.list(path)).map(file => `${path}/${file}`) : [path]));
    }
  }
  return found;
}

function withChap(record: string, chap: ChapCredentials | null): string {
  const kept = record.split('\n').filter(line => !OURS.test(line));
  const end = kept.findIndex(line => line.startsWith('# END RECORD'));
  const lines = chap
    ? [
        'node.session.auth.authmethod = CHAP',
        `node.session.auth.username = ${chap.user}`,
        `node.session.auth.password = ${chap.password}`,
      ]
    : ['node.session.auth.authmethod = None'];
  kept.splice(end < 0 ? kept.length : end, 0, ...lines);
  return kept.join('\n');
}

/**
 * Puts a node's secret into its record, which only root may read: iscsiadm takes it as an argument alone, and arguments
 * are for everybody on the node to see. iscsiadm hands the record to iscsid with the login. Null: a login without CHAP.
 */
export async function writeChap(
  fs: HostFs,
  targetIqn: string,
  portal: string,
  credentials: ChapCredentials | null,
): Promise<void> {
  const files = await filesOf(fs, targetIqn, portal);
  for (const file of files) {
    const record = await fs.readText(file);
    if (record !== null) await fs.writeText(file, withChap(record, credentials));
  }
  if (files.length > 0) return;
  throw new PsoError(
    'iscsi-record-missing',
    `iscsiadm made no record of ${targetIqn} at ${portal} below ${FOLDERS.join(' or ')}, so the CHAP secret has no place.`,
    'Check that both folders of the node are mounted into the node plugin and can be written.',
    { finality: 'in-doubt' },
  );
}
