import { describe, expect, it } from '@jest/globals';
import { settingsSchema } from './settings-schema.ts';

describe('settingsSchema', () => {
  it('needs a cluster id only', () => {
    expect(settingsSchema.parse({ clusterID: 'lab' })).toEqual({
      clusterID: 'lab',
      logLevel: 'info',
      sanType: 'iscsi',
      moreSanTypes: [],
      iscsiAllowedCidrs: [],
      iscsiLoginTimeoutSeconds: 20,
      defaultFsType: 'xfs',
      mountOptions: ['discard'],
      maxUsedPercent: 90,
      pollSeconds: 60,
      doubtWindowSeconds: 60,
      exportRules: '',
      snapshotDirectoryEnabled: false,
      volumeMetrics: true,
      storageArrays: true,
      storageNodes: true,
    });
  });

  it.each([
    ['clusterID', 'a-b'],
    ['clusterID', 'x'.repeat(23)],
    ['logLevel', 'loud'],
    ['sanType', 'ISCSI'],
    ['defaultFsType', 'btrfs'],
    ['maxUsedPercent', 101],
    ['pollSeconds', 0],
  ])('names %s when it is %p', (field, value) => {
    const { error } = settingsSchema.safeParse({ clusterID: 'lab', [field]: value });
    expect(error?.issues[0]?.path).toEqual([field]);
  });

  it('names the item of a list that is no network', () => {
    const { error } = settingsSchema.safeParse({
      clusterID: 'lab',
      iscsiAllowedCidrs: ['10.0.0.0/24', '10.0.0.300/8'],
    });
    expect(error?.issues[0]?.path).toEqual(['iscsiAllowedCidrs', 1]);
  });
});

describe('export rules of the values', () => {
  it.each(['*(rw,no_root_squash)', ' *(rw, no_root_squash) '])(
    'takes %j, which PSO wrote into everybody, for none',
    rules => {
      expect(settingsSchema.parse({ clusterID: 'lab', exportRules: rules }).exportRules).toBe('');
    },
  );
  it('keeps others', () => {
    const rules = '10.0.0.0/24(rw,no_root_squash)';
    expect(settingsSchema.parse({ clusterID: 'lab', exportRules: rules }).exportRules).toBe(rules);
  });
});
