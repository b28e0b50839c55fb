import { MAX_NAME, shortHash, withSuffix } from '../names.ts';

/** A node's name as a FlashArray host name: letters, digits and `-`, 1 to 63, at least one letter. */
export function hostNameOf(nodeName: string): string {
  const plain = nodeName.replace(/[^A-Za-z0-9-]/g, '-').replace(/^-+|-+$/g, '');
  const lettered = /[A-Za-z]/.test(plain) ? plain : `node-${plain}`.replace(/-$/, '');
  return lettered.length <= MAX_NAME ? lettered : withSuffix(lettered, shortHash(nodeName, 6));
}

/** When the plain name belongs to a host with other initiators. */
export const distinctHostNameOf = (nodeName: string, initiator: string): string =>
  withSuffix(hostNameOf(nodeName), shortHash(initiator, 6));
