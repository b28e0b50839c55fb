import * as z from 'zod';
import type { SanType } from '../domain/array.ts';

/** PSO's values carry label values as YAML scalars (`rack: 22`); on the array side every label is text. */
const labelValue = z.union([z.string().max(1024), z.number(), z.boolean(), z.null()]);

const labels = z
  .record(z.string().min(1).max(320), labelValue)
  .nullish()
  .transform(map =>
    Object.fromEntries(Object.entries(map ?? {}).map(([key, value]) => [key, value === null ? '' : String(value)])),
  )
  .meta({ description: 'Free labels of the array, e.g. `env: dev`; scalars are read as text.' });

const HOST_WITH_PORT = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const BARE_IPV6 = /^[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*$/;
/** Patterns let through what is no address at all, e.g. port 99999 or 1.2.3.4.5. */
const canBeReached = (text: string): boolean => URL.canParse(`https://${BARE_IPV6.test(text) ? `[${text}]` : text}`);
const address = z
  .string()
  .regex(
    new RegExp(`${HOST_WITH_PORT.source}|${BARE_IPV6.source}`),
    'must be a host name or an address, without https://',
  )
  .refine(canBeReached, 'must be a host name or an address, with a port up to 65535');

/** No port: NFS has its own. Empty, as PSO's own samples have it: the array is asked. */
const HOST = /[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]/;
const dataAddress = z
  .string()
  .regex(new RegExp(`^(?:${HOST.source})?$|${BARE_IPV6.source}`), 'must be a host name or an address, without a port');

/** PEM of one or more certificates. */
const caBundle = z.string().includes('-----BEGIN CERTIFICATE-----', { error: 'must hold PEM certificates' });

/** SHA-256 of the array's certificate (DER): 64 hex digits, colons allowed as `openssl x509 -fingerprint` prints them. */
const fingerprint = z
  .string()
  .regex(/^[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}$/, 'must be a SHA-256 fingerprint of 64 hex digits');

const cidrs = z.string().regex(/^[0-9A-Fa-f.:/,\s]*$/, 'must be a comma-separated list of CIDRs, e.g. 10.0.0.0/24');

const optional = <T extends z.ZodType>(schema: T, description: string): z.ZodOptional<z.ZodNullable<T>> =>
  schema.nullish().meta({ description });

const common = {
  MgmtEndPoint: address.meta({ description: 'Management host name or address of the array, with `:port` if not 443.' }),
  APIToken: z
    .string()
    .regex(/^\S+$/, 'must be a token without white space')
    .meta({ secret: true, description: 'API token of a user with the role storage_admin.' }),
  Labels: labels,
  cordoned: optional(z.boolean(), 'True: existing volumes work on, no new ones are placed here.'),
  verifyTLS: optional(z.boolean(), 'Check the certificate of the array (default true).'),
  caBundle: optional(caBundle, 'PEM certificates that sign the certificate of the array.'),
  certificateSha256: optional(fingerprint, 'SHA-256 fingerprint of the certificate: trusted instead of a signer.'),
};

/** PSO's and PX-CSI's words for `flasharray.sanType`; the driver's own are in lower case (`settings-schema.ts`). */
const SAN_TYPES = { ISCSI: 'iscsi', FC: 'fc', 'NVMEOF-TCP': 'nvme-tcp', 'NVMEOF-RDMA': 'nvme-roce' } as const;
const SAN_NAMES = ['ISCSI', 'FC', 'NVMEOF-TCP', 'NVMEOF-RDMA'] as const satisfies readonly (keyof typeof SAN_TYPES)[];
export const sanTypeOf = (name: keyof typeof SAN_TYPES): SanType => SAN_TYPES[name];

/** One item of `FlashArrays`, as in PSO's `pure.json` and Helm values. Unknown keys are kept, for a warning. */
export const flashArraySchema = z.looseObject({
  ...common,
  SanType: optional(z.enum(SAN_NAMES), 'How nodes reach its volumes, where it differs from flasharray.sanType.'),
  iSCSIAllowedCIDR: optional(cidrs, 'Only portals in these networks are used; overrides the global setting.'),
});

/** One item of `FlashBlades`. PSO's own documents spell the data address in two ways. */
export const flashBladeSchema = z.looseObject({
  ...common,
  NFSEndPoint: optional(dataAddress, 'Data address for NFS; empty: the first data interface that the array names.'),
  NfsEndPoint: optional(dataAddress, 'Older spelling of NFSEndPoint.'),
});

/** What the driver works with after `parse`: labels are text, absent keys may be null. */
export type FlashArrayItem = z.output<typeof flashArraySchema>;
export type FlashBladeItem = z.output<typeof flashBladeSchema>;

/**
 * The file as a whole. Items stay unknown on purpose: each is validated alone with its own schema, so that one bad
 * array never disturbs the others.
 */
export const arraysFileSchema = z.looseObject({
  FlashArrays: z.array(z.unknown()).nullish(),
  FlashBlades: z.array(z.unknown()).nullish(),
});

/** Names of the fields of an item whose values must never be printed. */
export function secretFields(schema: z.ZodObject): readonly string[] {
  return Object.entries(schema.shape)
    .filter(([, field]) => (field as z.ZodType).meta()?.secret === true)
    .map(([name]) => name);
}
