import type { IscsiTarget } from '../domain/publish-context.ts';
import type { IscsiLogin } from './iscsi-login.ts';
import type { ScsiWay } from './scsi-way.ts';

/** By iSCSI, one path a portal. */
export function iscsiWay(login: IscsiLogin, { lun, targetIqn, portals }: IscsiTarget): ScsiWay {
  const offeredPaths = portals.length;
  return {
    lun,
    target: targetIqn,
    word: 'sessions',
    // A scan and the last LUN's logout never overlap.
    key: targetIqn,
    offeredPaths,
    isScannedByKernel: false,
    open: async () => ({ paths: await login.ensure(targetIqn, portals), offeredPaths }),
  };
}
