import { describe, expect, it } from '@jest/globals';
import { pageOf } from './page-of.ts';
import { searchFilter } from './paging.ts';
import { eventQuery, volumeQuery, waitingQuery } from './volume-query.ts';

const CLASSES = [
  { provisioner: 'pure-csi', metadata: { name: 'gold' } },
  { provisioner: 'rancher.io/local-path', metadata: { name: 'local-path' } },
];
const VIEW = { page: 1, size: 2, search: '', sortBy: 'claim', descending: false } as const;

/** Fields as kubectl's table has them: name, capacity, modes, policy, phase, claim, class. */
const volume = (name: string, claim: string, storageClass: string) => ({
  metadata: { name, fields: [name, '1Gi', 'RWO', 'Delete', 'Bound', claim, storageClass] },
});
const VOLUMES = [
  volume('pvc-3', 'shop/web', 'gold'),
  volume('pvc-1', 'shop/DB', 'gold'),
  volume('pvc-2', 'shop/cache', 'local-path'),
  volume('pvc-4', 'audit/log', 'gold'),
];
const names = (items: readonly { readonly metadata: { readonly name: string } }[]): readonly string[] =>
  items.map(({ metadata }) => metadata.name);

describe('a page that is made here', () => {
  it('holds the volumes of a server that filters, sorts and counts', () => {
    const first = pageOf(VOLUMES, volumeQuery(VIEW, CLASSES));
    expect(first.count).toBe(3);
    expect(names(first.items)).toEqual(['pvc-4', 'pvc-1']);
    expect(names(pageOf(VOLUMES, volumeQuery({ ...VIEW, page: 2 }, CLASSES)).items)).toEqual(['pvc-3']);
  });

  it('is sorted the other way round, too', () => {
    const { items } = pageOf(VOLUMES, volumeQuery({ ...VIEW, size: 9, descending: true }, CLASSES));
    expect(names(items)).toEqual(['pvc-3', 'pvc-1', 'pvc-4']);
  });

  it('finds a part of any column, in small letters or large ones', () => {
    const search = (typed: string) => pageOf(VOLUMES, volumeQuery({ ...VIEW, search: typed }, CLASSES));
    expect(names(search('db').items)).toEqual(['pvc-1']);
    expect(names(search('GOLD').items)).toHaveLength(2);
    expect(search('nothing').count).toBe(0);
  });

  it('holds what waits, and the events of it', () => {
    const claim = (name: string, phase: string, storageClass: string) => ({
      metadata: { name, fields: [name, phase, '', '', '', storageClass], creationTimestamp: `2026-01-0${name}` },
    });
    const claims = [claim('1', 'Pending', 'gold'), claim('2', 'Bound', 'gold'), claim('3', 'Pending', 'local-path')];
    const waiting = waitingQuery(CLASSES, 20);
    expect(waiting && names(pageOf(claims, waiting).items)).toEqual(['1']);
    const event = (name: string, reason: string, uid: string) => ({
      metadata: { name, creationTimestamp: `2026-01-0${name}` },
      reason,
      involvedObject: { uid },
    });
    const events = [event('1', 'VolumePlaced', 'u1'), event('2', 'Pulled', 'u1'), event('3', 'PlacementRefused', 'u2')];
    const asked = eventQuery(['u1', 'u2']);
    expect(asked && names(pageOf(events, asked).items)).toEqual(['3', '1']);
  });

  it('reads labels with dots in their names, and takes what is missing for empty', () => {
    const pods = [{ metadata: { labels: { 'app.kubernetes.io/component': 'controller' } } }, { metadata: {} }, {}];
    const filters = ['metadata.labels[app.kubernetes.io/component]=controller'];
    expect(pageOf(pods, { page: 1, size: 9, filters }).count).toBe(1);
    const others = ['metadata.labels[app.kubernetes.io/component]!="controller"'];
    expect(pageOf(pods, { page: 1, size: 9, filters: others }).count).toBe(2);
    expect(pageOf(pods, { page: 1, size: 9, filters: [searchFilter('x', ['metadata.name']) ?? ''] }).count).toBe(0);
  });
});
