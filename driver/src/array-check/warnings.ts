import type { ArrayConnection } from '../backends/backend.ts';
import { type ArrayState, type Protocol, PROTOCOL_WORDS } from '../domain/array.ts';
import type { ArrayExamination } from '../domain/array-check.ts';

/** Of accounts that can make volumes. */
const WRITING_ROLES = ['array_admin', 'storage_admin'];

function ofRole({ account }: ArrayExamination): readonly string[] {
  if (!account || account.role === null || WRITING_ROLES.includes(account.role)) return [];
  return [
    `The token is of the user ${account.user} with the role ${account.role}: no volume could be made. Use a token of a user with the role storage_admin.`,
  ];
}

function ofPortals({ portals }: ArrayExamination, protocol: Protocol): readonly string[] {
  const own = portals.filter(portal => portal.protocol === protocol);
  if (own.some(({ isAllowed }) => isAllowed)) return [];
  if (own.length > 0) {
    return [
      `All its portals for ${PROTOCOL_WORDS[protocol]} are outside the allowed networks. Correct iSCSIAllowedCIDR.`,
    ];
  }
  return protocol === 'nfs'
    ? ["It has no enabled interface for data. Enable a data VIP on the array, or set NFSEndPoint in the array's entry."]
    : [
        `The nodes of this cluster use ${PROTOCOL_WORDS[protocol]}, for which it has no portal. Enable it on a network interface of the array, or set SanType in the array's entry.`,
      ];
}

function ofTrust({ verifyTls, certificateSha256 }: ArrayConnection): readonly string[] {
  if (verifyTls || certificateSha256 !== null) return [];
  return [
    'Its certificate is not checked, so whoever stands in between can read the token. Give caBundle or certificateSha256.',
  ];
}

/** One array under two addresses would be refused once it is configured, and so would two arrays of one name. */
function ofDoubles(
  { observation }: ArrayExamination,
  endpoint: string,
  fleet: readonly ArrayState[],
): readonly string[] {
  const { id, name } = observation.identity;
  return fleet.flatMap(({ settings, observation: other }) => {
    if (!other || settings.endpoint === endpoint) return [];
    if (other.identity.id.toLowerCase() === id)
      return [`It is configured already, as ${settings.endpoint}. One array may be listed once.`];
    if (other.identity.name.toLowerCase() !== name.toLowerCase()) return [];
    return [`The array at ${settings.endpoint} has the name ${name}, too. Rename one of the two arrays.`];
  });
}

/** What would be in the way of volumes, then what the array says of itself. */
export function warningsOf(
  found: ArrayExamination,
  connection: ArrayConnection,
  protocol: Protocol,
  fleet: readonly ArrayState[],
): readonly string[] {
  return [
    ...ofRole(found),
    ...ofPortals(found, protocol),
    ...ofDoubles(found, connection.endpoint, fleet),
    ...ofTrust(connection),
    ...found.observation.warnings,
  ];
}
