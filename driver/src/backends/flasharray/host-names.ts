import { MAX_NAME, shortHash, withSuffix } from '../names.ts';

const DIGITS = 6;

/** A node's name as a FlashArray host name: letters, digits and `-`, 1 to 63, at least one letter. */
export function hostNameOf(nodeName: string): string {
  const plain = nodeName.replace(/[^A-Za-z0-9-]/g, '-').replace(/^-+|-+$/g, '');
  const lettered = /[A-Za-z]/.test(plain) ? plain : `node-${plain}`.replace(/-$/, '');
  return lettered.length <= MAX_NAME ? lettered : withSuffix(lettered, shortHash(nodeName, DIGITS));
}

/** When the plain name belongs to a host with other initiators. */
export const distinctHostNameOf = (nodeName: string, initiator: string): string =>
  withSuffix(hostNameOf(nodeName), shortHash(initiator, DIGITS));

/** Whether the driver could have made a host of that name for the node, whatever its initiators were then. */
export function isHostNameOf(nodeName: string, hostName: string): boolean {
  const digits = hostName.slice(-DIGITS);
  const isDistinct = /^[0-9a-f]+$/.test(digits) && hostName === withSuffix(hostNameOf(nodeName), digits);
  return isDistinct || hostName === hostNameOf(nodeName);
}
