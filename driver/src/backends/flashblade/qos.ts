import { PsoError } from '../../domain/errors.ts';
import type { QosLimits } from '../../domain/volume.ts';
import { QOS_POLICY_MINOR } from '../../rest/flashblade/file-systems.ts';
import {
  deleteQosPolicy,
  findQosPolicies,
  getQosPolicy,
  postQosPolicy,
  type QosPolicy,
} from '../../rest/flashblade/qos-policies.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import { isMissing } from '../errors.ts';
import { nameLists } from '../name-lists.ts';
import { shortHash, withSuffix } from '../names.ts';
import type { BladeContext } from './blade-context.ts';

const DIGITS = 8;
export const NO_LIMITS: QosLimits = { iopsLimit: 0, bandwidthLimitBytesPerSecond: 0 };

export const isUnlimited = (qos: QosLimits): boolean => qos.iopsLimit === 0 && qos.bandwidthLimitBytesPerSecond === 0;

/**
 * One policy for each file system, because the specification does not say whether file systems of one policy share its
 * limits. Its name says which limits: a policy never changes, a file system changes policies.
 */
export function policyNameOf(fileSystem: string, qos: QosLimits): string {
  const limits = `${qos.iopsLimit}/${qos.bandwidthLimitBytesPerSecond}`;
  return withSuffix(fileSystem, `q${shortHash(`${fileSystem}\n${limits}`, DIGITS)}`);
}

/** Made by the driver for this file system, whatever its limits. */
export function isOwnPolicy(fileSystem: string, policy: string): boolean {
  const digits = policy.slice(-DIGITS);
  return /^[0-9a-f]+$/.test(digits) && policy === withSuffix(fileSystem, `q${digits}`);
}

/** Name of a policy with these limits, made when there is none; null for no limits. Throws where the array has no policies. */
export async function ensurePolicy(
  array: BladeContext,
  fileSystem: string,
  qos: QosLimits,
  call: RestCall,
): Promise<string | null> {
  if (isUnlimited(qos)) return null;
  const minor = await array.rest.minor(call);
  if (minor < QOS_POLICY_MINOR) {
    throw new PsoError(
      'array-feature-missing',
      `FlashBlade ${array.rest.array} (REST 2.${minor}) has no QoS policies, so ${fileSystem} cannot have limits.`,
      `Leave iops_limit and bandwidth_limit out, or upgrade Purity//FB (REST 2.${QOS_POLICY_MINOR} or newer).`,
    );
  }
  const name = policyNameOf(fileSystem, qos);
  const policy = {
    max_total_ops_per_sec: qos.iopsLimit || null,
    max_total_bytes_per_sec: qos.bandwidthLimitBytesPerSecond || null,
  };
  try {
    await postQosPolicy(array.rest, name, policy, call);
  } catch (error) {
    if (!(error instanceof RestError) || !error.says('already exists')) throw error;
  }
  return name;
}

/** What nothing uses any more; a policy that is not ours, or still used, stays. */
export async function dropPolicy(
  array: BladeContext,
  fileSystem: string,
  policy: string | null,
  call: RestCall,
): Promise<void> {
  if (policy === null || !isOwnPolicy(fileSystem, policy)) return;
  try {
    await deleteQosPolicy(array.rest, policy, call);
  } catch (error) {
    if (!(error instanceof RestError) || error.failure !== 'rejected') throw error;
  }
}

export async function limitsOf(array: BladeContext, policy: string | null, call: RestCall): Promise<QosLimits> {
  if (policy === null) return NO_LIMITS;
  try {
    const limits = await getQosPolicy(array.rest, policy, call);
    return limits ? toLimits(limits) : NO_LIMITS;
  } catch (error) {
    if (isMissing(error)) return NO_LIMITS;
    throw error;
  }
}

const toLimits = (policy: QosPolicy): QosLimits => ({
  iopsLimit: policy.max_total_ops_per_sec ?? 0,
  bandwidthLimitBytesPerSecond: policy.max_total_bytes_per_sec ?? 0,
});

/** Of several policies; no call for none. */
export async function limitsByPolicy(
  array: BladeContext,
  policies: readonly string[],
  call: RestCall,
): Promise<ReadonlyMap<string, QosLimits>> {
  const found = await Promise.all(nameLists(policies).map(list => findQosPolicies(array.rest, `name=(${list})`, call)));
  return new Map(found.flatMap(part => [...part].map(([name, policy]) => [name, toLimits(policy)] as const)));
}
