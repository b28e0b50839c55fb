import * as z from 'zod';

/*
 * Building blocks of the Helm values. Every key is optional and may be null (Rancher's forms send null for a key that was
 * taken out), unknown keys pass (PSO's schema allowed them; the chart's notes name them).
 */

export const opt = <T extends z.ZodType>(schema: T, description: string): z.ZodOptional<z.ZodNullable<T>> =>
  schema.nullish().meta({ description });

export const group = <T extends z.ZodRawShape>(shape: T, description: string) => opt(z.looseObject(shape), description);

/** PSO wrote some booleans as text. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false'])]);

/** On, off, or by what the cluster offers. */
export const autoFlag = z.union([z.boolean(), z.enum(['auto', 'true', 'false'])]);

export const count = z.int().min(1);
export const port = z.int().min(1).max(65535);
export const duration = z.string().regex(/^\d+(ms|s|m)$/, 'must be a duration like 500ms, 60s or 1m');

/** A DNS-1123 subdomain, as names of Kubernetes objects are; empty: not set. */
export const objectName = z
  .string()
  .max(253)
  .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/, 'must be lower-case letters, digits, "-" and "."');

export const text = z.string().max(1024);

/** Values of labels: Kubernetes takes 63 characters. */
export const labelMap = z.record(
  z.string(),
  z
    .string()
    .max(63)
    .regex(/^([A-Za-z0-9]([-\w.]*[A-Za-z0-9])?)?$/),
);
export const annotationMap = z.record(z.string(), z.string().max(65_536));

/** A piece of a pod, as Kubernetes describes it. */
export const kubeObject = z.looseObject({});
export const kubeObjects = z.array(kubeObject);

export const mountOptions = z.union([z.string().max(1024), z.array(z.string().max(256))]);

/** Parameters of a class: Kubernetes wants text, YAML's numbers and booleans are written as text. */
export const parameterMap = z.record(z.string(), z.union([z.string().max(1024), z.number(), z.boolean()]));

/** PSO's three, on every level. */
export const scheduling = (whom: string) => ({
  nodeSelector: opt(z.record(z.string(), z.string().max(63)), `Node selector of ${whom}.`),
  tolerations: opt(kubeObjects, `Tolerations of ${whom}.`),
  affinity: opt(kubeObject, `Affinity of ${whom}.`),
});

/** What both components may be given beside scheduling. */
export const component = (whom: string) => ({
  priorityClassName: opt(objectName, `Priority class of the ${whom}.`),
  resources: opt(kubeObject, `Resources of the driver's container in the ${whom}.`),
  podLabels: opt(labelMap, `More labels of the ${whom}'s pods.`),
  podAnnotations: opt(annotationMap, `More annotations of the ${whom}'s pods.`),
  extraVolumes: opt(kubeObjects, `More volumes of the ${whom}'s pods.`),
  extraVolumeMounts: opt(kubeObjects, `More mounts of the driver's container in the ${whom}.`),
});
