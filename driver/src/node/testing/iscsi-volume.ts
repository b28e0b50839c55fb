import type { IscsiPublishContext } from '../../domain/publish-context.ts';
import type { StageRequest } from '../node-storage.ts';
import { publishRequestOf, stageRequestOf } from './storage-bench.ts';

export const wwid = '3624a937000000000000000000abc0001';
export const otherWwid = '3624a937000000000000000000abc0002';
export const targetIqn = 'iqn.2010-06.com.purestorage:flasharray.1';
export const portals = ['10.0.1.1:3260', '10.0.2.1:3260'] as const;

export const iscsiContext = (change: Partial<IscsiPublishContext> = {}): IscsiPublishContext => ({
  protocol: 'iscsi',
  wwid,
  lun: 1,
  targetIqn,
  portals,
  ...change,
});

export const stageRequest = (change: Partial<StageRequest<IscsiPublishContext>> = {}) =>
  stageRequestOf(iscsiContext(), change);
export const publishRequest = () => publishRequestOf(stageRequest());
