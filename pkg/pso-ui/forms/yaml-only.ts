import type { Field } from './field.ts';

/** Why a key is edited as YAML: by the last key of its path. A test refuses a field without control and without reason. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^(affinity|tolerations|resources|topologySpreadConstraints|securityContext|podSecurityContext)$/, 'kubernetes'],
  [/^(extraVolumes|extraVolumeMounts|extraEnv|env|volumes|volumeMounts|imagePullSecrets)$/, 'kubernetes'],
  [/^(allowedTopologies|ingressFrom|egress)$/, 'kubernetes'],
  [/^(global|additionalProperties)$/, 'foreign'],
  [/^existingSecret$/, 'older'],
];

export type YamlReason = 'kubernetes' | 'foreign' | 'older' | 'unknown';

/**
 * `kubernetes`: an object of Kubernetes' own, its YAML is what the documentation shows; `foreign`: read by Rancher or a
 * parent chart; `older`: PSO's spelling, the form writes the newer key. Texts: `pso.yamlOnly.<reason>`.
 */
export function yamlReason(field: Field): YamlReason | null {
  if (field.kind !== 'json') return null;
  const name = field.path.at(-1) ?? '';
  const found = REASONS.find(([pattern]) => pattern.test(name));
  return (found?.[1] as YamlReason | undefined) ?? 'unknown';
}
