import { describe, expect, it } from '@jest/globals';
import { pageAddress, searchFilter, searchTerm } from './paging.ts';
import { eventQuery, refusalQuery, turnedTo, volumeQuery, waitingQuery } from './volume-query.ts';

const CLASSES = [
  { provisioner: 'pure-csi', metadata: { name: 'gold' } },
  { provisioner: 'pure-csi', metadata: { name: 'files' } },
  { provisioner: 'other', metadata: { name: 'local-path' } },
];
const VIEW = { page: 2, size: 50, search: '', sortBy: 'claim', descending: false } as const;

describe('a page of volumes', () => {
  it('leaves out what belongs to others, and not what has lost its class', () => {
    expect(volumeQuery(VIEW, CLASSES)).toEqual({
      page: 2,
      size: 50,
      sort: 'metadata.fields[5]',
      filters: ['metadata.fields[6]!="local-path"'],
    });
  });

  it('is searched and turned round by the server', () => {
    const { sort, filters } = volumeQuery({ ...VIEW, search: 'DB-1"', sortBy: 'phase', descending: true }, []);
    expect(sort).toBe('-metadata.fields[4]');
    expect(filters).toEqual(['metadata.name~"db-1",metadata.fields[5]~"db-1",metadata.fields[6]~"db-1"']);
  });

  it('is the first one of another search, and else the one somebody turned to', () => {
    expect(turnedTo(VIEW, { ...VIEW, search: 'db' }).page).toBe(1);
    expect(turnedTo({ ...VIEW, search: 'db' }, { ...VIEW, search: 'db', page: 3 }).page).toBe(3);
    expect(turnedTo(VIEW, { ...VIEW, sortBy: 'phase' })).toEqual({ ...VIEW, sortBy: 'phase' });
  });
});

describe('small questions', () => {
  it('ask for waiting claims of our classes only', () => {
    expect(waitingQuery(CLASSES, 20)?.filters).toEqual([
      'metadata.fields[1]=Pending',
      'metadata.fields[5]="gold",metadata.fields[5]="files"',
    ]);
    expect(waitingQuery([], 20)).toBeNull();
  });

  it('ask for what the driver said about claims of one page', () => {
    expect(eventQuery(['u1', 'u2'])).toMatchObject({
      size: 8,
      filters: [expect.stringContaining('VolumePlaced'), 'involvedObject.uid="u1",involvedObject.uid="u2"'],
    });
    expect(eventQuery([])).toBeNull();
    expect(refusalQuery(5)).toMatchObject({ size: 5, filters: ['reason=PlacementRefused'] });
  });
});

describe('an address', () => {
  it('holds each filter apart and encoded', () => {
    const query = { page: 1, size: 5, filters: ['a="x y"', 'b~c'], namespace: 'ns' };
    expect(pageAddress('/v1/pods', query)).toBe(
      '/v1/pods/ns?page=1&pagesize=5&filter=a%3D%22x%20y%22&filter=b~c&exclude=metadata.managedFields',
    );
    expect(pageAddress('/v1/pods', { page: 3, size: 1, sort: '-id' })).toContain('?page=3&pagesize=1&sort=-id&');
  });

  it('is safe from what is typed', () => {
    expect(searchTerm('Def ault/"x,y~z&')).toBe('default/xyz');
    expect(searchFilter('"~', ['a'])).toBeNull();
  });
});
