import type { Effect } from '../plan.ts';
import type { DataPlaneConnection } from '../data-plane.ts';
import type { ConnectionRecord, HostRecord } from '../records.ts';
import { bareWwns } from '../ports.ts';
import type { ArrayState } from '../state.ts';

type Initiators = Pick<HostRecord, 'iqns' | 'nqns' | 'wwns'>;
type Numbered = Pick<ConnectionRecord, 'volume' | 'lun' | 'nsid'>;

/** Tells the data plane that these initiators of one host see the volume from now on, or no longer do. */
export function pathEffects(
  state: ArrayState,
  host: Pick<HostRecord, 'chap'>,
  { iqns, nqns, wwns }: Initiators,
  { volume, lun, nsid }: Numbered,
  isNew: boolean,
): Effect[] {
  const { iqn, nqn } = state.settings;
  const { serial } = volume;
  const found: DataPlaneConnection[] = [];
  if (lun !== null && iqns.length + wwns.length > 0) {
    const chap = host.chap.hostUser === null ? null : { ...host.chap };
    const arrayWwns = bareWwns(state.settings);
    found.push({ transport: 'scsi', arrayIqn: iqn, arrayWwns, serial, initiators: iqns, wwns, lun, chap });
  }
  if (nsid !== null && nqns.length > 0) found.push({ transport: 'nvme', arrayNqn: nqn, serial, nqns, nsid });
  return found.map(
    connection =>
      (plane): Promise<void> =>
        isNew ? plane.connected(connection) : plane.disconnected(connection),
  );
}
