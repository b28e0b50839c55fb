import { query } from '../query.ts';
import { getItems } from '../reads.ts';
import type { RestCall, RestClient } from '../rest-client.ts';
import type { TagEntry } from './volumes.ts';

export async function getVolumeTags(
  rest: RestClient,
  name: string,
  namespace: string,
  call: RestCall,
): Promise<readonly TagEntry[]> {
  const path = `/volumes/tags${query({ resource_names: [name], namespaces: [namespace] })}`;
  return (await getItems(rest, path, call)).map(item => ({
    key: item.text('key'),
    value: item.textOrNull('value') ?? '',
    namespace,
    copyable: item.flag('copyable'),
  }));
}

export async function deleteVolumeTags(
  rest: RestClient,
  name: string,
  namespace: string,
  keys: readonly string[],
  call: RestCall,
): Promise<void> {
  const path = `/volumes/tags${query({ resource_names: [name], namespaces: [namespace], keys })}`;
  await rest.request({ method: 'DELETE', path }, call);
}
