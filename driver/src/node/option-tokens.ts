import { PsoError } from '../domain/errors.ts';

/** File systems that the driver makes and mounts. */
export const FS_TYPES = ['ext4', 'xfs'] as const;
export type FsType = (typeof FS_TYPES)[number];

export function requireFsType(text: string): FsType {
  const known = FS_TYPES.find(type => type === text);
  if (known) return known;
  throw new PsoError(
    'fs-type-unsupported',
    `fsType "${text}" is not supported.`,
    `Use one of ${FS_TYPES.join(', ')} in csi.storage.k8s.io/fstype.`,
  );
}

/** Mount options by what may follow the `=`; `null`: nothing. Anything else never reaches the kernel (CVE-2026-6437). */
export type Allowed = Readonly<Record<string, RegExp | null>>;

const NUMBER = /^\d{1,10}$/;
const SIZE = /^\d{1,10}[kKmMgG]?$/;

const COMMON: Allowed = Object.fromEntries(
  'defaults ro rw atime noatime relatime norelatime strictatime nodiratime diratime lazytime nolazytime suid nosuid dev nodev exec noexec sync async dirsync discard nodiscard iversion noiversion mand nomand nofail _netdev acl noacl user_xattr'
    .split(' ')
    .map(name => [name, null]),
);

export const SELINUX: Allowed = Object.fromEntries(
  ['context', 'fscontext', 'defcontext', 'rootcontext'].map(name => [name, /^"?[\w.-]+(:[\w.-]+){2}(:[\w.:,-]+)?"?$/]),
);

const BY_TYPE: Readonly<Record<FsType, Allowed>> = {
  ext4: {
    data: /^(journal|ordered|writeback)$/,
    errors: /^(continue|remount-ro|panic)$/,
    commit: NUMBER,
    barrier: /^[01]$/,
    nobarrier: null,
    journal_checksum: null,
    nojournal_checksum: null,
    journal_async_commit: null,
    journal_ioprio: /^[0-7]$/,
    stripe: NUMBER,
    delalloc: null,
    nodelalloc: null,
    auto_da_alloc: null,
    noauto_da_alloc: null,
    max_batch_time: NUMBER,
    min_batch_time: NUMBER,
    inode_readahead_blks: NUMBER,
    init_itable: NUMBER,
    noinit_itable: null,
    dioread_lock: null,
    dioread_nolock: null,
    block_validity: null,
    noblock_validity: null,
    usrquota: null,
    grpquota: null,
    prjquota: null,
    noquota: null,
    noload: null,
  },
  xfs: {
    allocsize: SIZE,
    attr2: null,
    noattr2: null,
    ikeep: null,
    noikeep: null,
    inode32: null,
    inode64: null,
    largeio: null,
    nolargeio: null,
    logbufs: /^[2-8]$/,
    logbsize: SIZE,
    noalign: null,
    norecovery: null,
    nouuid: null,
    noquota: null,
    uquota: null,
    gquota: null,
    pquota: null,
    usrquota: null,
    grpquota: null,
    prjquota: null,
    uqnoenforce: null,
    gqnoenforce: null,
    pqnoenforce: null,
    sunit: NUMBER,
    swidth: NUMBER,
    swalloc: null,
    wsync: null,
  },
};

/** `a,b="x,y",c` → tokens; quoted commas (SELinux categories) stay inside. */
export const splitOptions = (flags: readonly string[]): readonly string[] =>
  flags.flatMap(flag => flag.match(/(?:[^,"]|"[^"]*"?)+/g) ?? []);

/** Throws `invalid` for a token that is not in the list, or has a value that does not fit. `fsType` is for the message. */
export function requireAllowed(token: string, allowed: Allowed, fsType: string): void {
  const equals = token.indexOf('=');
  const name = equals < 0 ? token : token.slice(0, equals);
  const grammar = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
  const fits = equals < 0 ? grammar === null : grammar?.test(token.slice(equals + 1));
  if (fits === true) return;
  throw new PsoError(
    'mount-option-refused',
    `Mount option "${token.slice(0, 100)}" is not allowed for ${fsType}.`,
    'Correct mountOptions of the storage class (docs/parameters.md has the list).',
  );
}

/**
 * Options for `mount -o`, checked one by one. `discard` is added unless `nodiscard` is given, so that the array gets
 * freed space back; xfs gets `nouuid`, because a clone carries its source's UUID and both may be on this node.
 */
export function mountOptions(fsType: FsType, flags: readonly string[], readOnly: boolean): readonly string[] {
  const tokens = splitOptions(flags);
  const allowed = { ...COMMON, ...SELINUX, ...BY_TYPE[fsType] };
  for (const token of tokens) requireAllowed(token, allowed, fsType);
  const wanted = new Set(tokens.filter(token => token !== 'nofail' && token !== '_netdev'));
  if (!wanted.has('nodiscard')) wanted.add('discard');
  if (fsType === 'xfs') wanted.add('nouuid');
  if (readOnly) {
    wanted.delete('rw');
    wanted.add('ro');
  }
  return [...wanted];
}

/** mkfs options that only shape the file system: none names a device, a file, or skips a safety check. */
const CREATE_OPTIONS: Readonly<Record<FsType, Readonly<Record<string, RegExp | null>>>> = {
  xfs: {
    '-q': null,
    '-K': null,
    '-f': null,
    '-b': /^size=\d{3,6}[ks]?$/,
    '-m': /^((crc|finobt|inobtcount|reflink|rmapbt|bigtime)=[01],?)+$/,
    '-i': /^((size|maxpct|sparse|align|attr|projid32bit|perblock|nrext64)=\d{1,6},?)+$/,
    '-d': /^((agcount|agsize|su|sw|sunit|swidth|noalign|cowextsize|extszinherit)(=\d{1,12}[kmg]?)?,?)+$/,
    '-l': /^((size|su|sunit|version|lazy-count)=\d{1,12}[kmg]?,?)+$/,
    '-n': /^((size|version|ftype)=(\d{1,6}|ci),?)+$/,
    '-s': /^size=\d{3,6}[ks]?$/,
    '-L': /^[\w.:-]{1,12}$/,
  },
  ext4: {
    '-q': null,
    '-j': null,
    '-F': null,
    '-b': /^\d{4,5}$/,
    '-i': /^\d{4,8}$/,
    '-I': /^\d{3,4}$/,
    '-J': /^((size|fast_commit_size)=\d{1,6},?)+$/,
    '-m': /^\d{1,2}(\.\d{1,3})?$/,
    '-N': /^\d{1,10}$/,
    '-O': /^(\^?[a-z_0-9]{2,32},?)+$/,
    '-E': /^((lazy_itable_init|lazy_journal_init|packed_meta_blocks|stride|stripe_width|stripe-width|resize|discard|nodiscard|num_backup_sb)(=\d{1,12})?,?)+$/,
    '-T': /^[a-z0-9]{2,16}(,[a-z0-9]{2,16})*$/,
    '-L': /^[\w.:-]{1,16}$/,
  },
};

/** Names of what may be given, for docs/parameters.md. */
export const allowedOptions = (
  fsType: FsType,
): { readonly mount: readonly string[]; readonly create: readonly string[] } => ({
  mount: Object.keys({ ...COMMON, ...SELINUX, ...BY_TYPE[fsType] }),
  create: Object.keys(CREATE_OPTIONS[fsType]),
});

/** PSO's `createoptions`, e.g. `-q -m reflink=0`, as arguments; `-m0` and `-m 0` are both fine. */
export function createOptions(fsType: FsType, text: string): readonly string[] {
  const words = text.split(/\s+/).filter(word => word !== '');
  const args: string[] = [];
  while (words.length > 0) {
    const word = words.shift() ?? '';
    const flag = word.slice(0, 2);
    const grammar = Object.hasOwn(CREATE_OPTIONS[fsType], flag) ? CREATE_OPTIONS[fsType][flag] : undefined;
    const isAlone = word.length === 2;
    const value = grammar instanceof RegExp ? (isAlone ? (words.shift() ?? '') : word.slice(2)) : null;
    if (grammar === undefined || (value === null && !isAlone) || (value !== null && !grammar?.test(value))) {
      throw new PsoError(
        'mkfs-option-refused',
        `createoptions "${text.slice(0, 200)}": "${[word, value ?? ''].join(' ').trim().slice(0, 100)}" is not allowed for mkfs.${fsType}.`,
        'Correct createoptions of the storage class (docs/parameters.md has the list).',
      );
    }
    args.push(flag, ...(value === null ? [] : [value]));
  }
  return args;
}
