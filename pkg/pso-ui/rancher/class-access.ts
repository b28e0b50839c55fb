import type { ClassDraft } from '../modules/storage-class.ts';
import { findOne, type Store, TYPE } from './store.ts';

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

/** Of a class that no values make: only what Kubernetes lets change; the rest of the object stays as it is. */
export async function changeForeignClass(store: Store, draft: ClassDraft): Promise<void> {
  const found = await findOne(store, TYPE.storageClass, draft.name);
  if (!found) throw new Error(`Storage class ${draft.name} does not exist any more.`);
  found.allowVolumeExpansion = draft.allowVolumeExpansion;
  found.metadata.annotations = { ...found.metadata.annotations, [DEFAULT_CLASS]: String(draft.isDefault) };
  await found.save();
}
