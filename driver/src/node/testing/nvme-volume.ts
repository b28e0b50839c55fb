import type { NvmePublishContext } from '../../domain/publish-context.ts';

export const wwid = 'eui.006c1b16ce1c034d24a9371c00013918';
export const otherWwid = 'eui.006c1b16ce1c034d24a9371c00013919';
export const targetNqn = 'nqn.2010-06.com.purestorage:flasharray.1';
export const portals = ['10.0.1.1:4420', '10.0.2.1:4420'] as const;

export const nvmeContext = (
  protocol: NvmePublishContext['protocol'],
  change: Partial<NvmePublishContext> = {},
): NvmePublishContext => ({ protocol, wwid, nsid: 1, targetNqn, portals, ...change });
