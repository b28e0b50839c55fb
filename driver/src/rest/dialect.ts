/** What the families of arrays do differently before the first request. */
export interface RestDialect {
  /** Key of the list in `GET /api/api_version`: the documented way to tell the families apart. */
  readonly versionsKey: 'version' | 'versions';
  /** Minor numbers of REST 2.x: the floor is the first with all that the driver needs, the ceiling what was read. */
  readonly oldestMinor: number;
  readonly newestMinor: number;
  login(minor: number): string;
  logout(minor: number): string;
  /** Statuses that may mean that the session ended: a request that meets one is sent once more with a new login. */
  readonly endedSession: readonly number[];
  /** Completes "Array x …" when the other family answers, and what to do then. */
  readonly isAnother: readonly [string, string];
  /** Next step when there is no common version. */
  readonly upgrade: string;
  /** Where a token is made. */
  readonly makeToken: string;
}

export const FLASH_ARRAY_DIALECT: RestDialect = {
  versionsKey: 'version',
  // First with network interfaces and sessions.
  oldestMinor: 4,
  newestMinor: 56,
  login: minor => `/api/2.${minor}/login`,
  logout: minor => `/api/2.${minor}/logout`,
  endedSession: [401],
  isAnother: ['is a FlashBlade, not a FlashArray', 'List it under FlashBlades in the values.'],
  upgrade: 'Upgrade Purity on the array (6.1 or newer).',
  makeToken: 'pureadmin create --api-token, role storage_admin',
};

export const FLASH_BLADE_DIALECT: RestDialect = {
  versionsKey: 'versions',
  // First with NFS export policies.
  oldestMinor: 3,
  newestMinor: 28,
  // Without a version, as the login is older than REST 2.
  login: () => '/api/login',
  logout: () => '/api/logout',
  // 403 stands for an ended session as well as for a lack of permission (so the vendor's own client has it).
  endedSession: [401, 403],
  isAnother: ['is a FlashArray, not a FlashBlade', 'List it under FlashArrays in the values.'],
  upgrade: 'Upgrade Purity//FB on the array.',
  makeToken: 'pureadmin create --api-token, role storage_admin',
};
