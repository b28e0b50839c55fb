import * as z from 'zod';
import {
  annotationMap,
  autoFlag,
  flag,
  group,
  kubeObjects,
  labelMap,
  mountOptions,
  objectName,
  opt,
  parameterMap,
} from './fields.ts';

const requiredName = objectName.min(1);

const named = (what: string) => ({
  name: requiredName.meta({ description: `Name of the ${what}.` }),
  labels: opt(labelMap, 'More labels.'),
  annotations: opt(annotationMap, 'Annotations.'),
});

const storageClass = z.looseObject({
  ...named('class'),
  backend: opt(z.enum(['block', 'file']), 'block: volumes of FlashArrays; file: file systems. Default block.'),
  fsType: opt(z.enum(['xfs', 'ext4']), 'File system of block volumes; empty: flasharray.defaultFSType.'),
  parameters: opt(parameterMap, 'More parameters, see docs/parameters.md; they can never be changed.'),
  mountOptions: opt(mountOptions, 'Mount options; for block volumes flasharray.defaultMountOpt when not given.'),
  reclaimPolicy: opt(z.enum(['Delete', 'Retain']), 'What becomes of a volume whose claim is deleted. Default Delete.'),
  volumeBindingMode: opt(z.enum(['Immediate', 'WaitForFirstConsumer']), 'When a volume is made. Default Immediate.'),
  allowVolumeExpansion: opt(z.boolean(), 'Claims may grow. Default true.'),
  allowedTopologies: opt(kubeObjects, 'Where volumes may be, as in a StorageClass.'),
});

const snapshotClass = z.looseObject({
  ...named('class'),
  deletionPolicy: opt(z.enum(['Delete', 'Retain']), 'What becomes of the snapshot on the array. Default Delete.'),
  parameters: opt(parameterMap, 'Parameters.'),
});

const attributesClass = z.looseObject({
  ...named('class'),
  parameters: opt(parameterMap, 'What volumes of this class get, e.g. iops_limit; it can never be changed.'),
});

export const classValues = {
  storageclass: group(
    {
      createBuiltIn: opt(flag, 'Create the classes pure-block and pure-file.'),
      default: opt(objectName, 'Which class of this chart becomes the default class of the cluster; empty: none.'),
      isPureDefault: opt(flag, "PSO 5: make the class `pure` the cluster's default."),
      pureBackend: opt(z.enum(['block', 'file']), 'PSO 5: create the class `pure` with this backend.'),
    },
    'Built-in storage classes. What cannot be changed of a class that exists is kept.',
  ),
  storageClasses: opt(z.array(storageClass), 'Your storage classes, beside the built-in ones.'),
  snapshots: group(
    {
      enabled: opt(autoFlag, 'Snapshotter and classes; auto: when the cluster has the API snapshot.storage.k8s.io/v1.'),
      createBuiltIn: opt(flag, 'Create the class pure-snapshotclass.'),
      defaultClass: opt(objectName, 'Which snapshot class of this chart becomes the default; empty: none.'),
      groups: opt(
        autoFlag,
        'Snapshots of several volumes at one moment; auto: when the cluster has the API groupsnapshot.storage.k8s.io/v1.',
      ),
    },
    'Snapshots.',
  ),
  snapshotClasses: opt(z.array(snapshotClass), 'Your snapshot classes, beside pure-snapshotclass.'),
  volumeAttributesClasses: opt(
    z.array(attributesClass),
    'VolumeAttributesClasses: limits that a claim may change while it is used. Kubernetes 1.34 or newer.',
  ),
};
