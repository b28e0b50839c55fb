import type { Scenario } from './scenario.ts';
import type { SimulatedArray } from './simulated-array.ts';

/** Makes a scenario's volumes by the array's own API, so that they are real ones. Nothing of it is logged or counted. */
export async function preload(array: SimulatedArray, volumes: Scenario['arrays'][number]['volumes']): Promise<void> {
  if (volumes.length === 0) return;
  const { core } = array;
  const version = core.settings.versions.at(-1) ?? '';
  const token = core.settings.tokens.find(({ role }) => role === 'admin')?.token;
  const call = async (
    url: string,
    headers: Record<string, string | undefined>,
    body: string,
  ): ReturnType<typeof attempt> => attempt(array, url, headers, body);
  const { headers } = await call(`/api/${version}/login`, { 'api-token': token }, '');
  for (const { name, size, used, iops } of volumes) {
    const url = `/api/${version}/volumes?names=${encodeURIComponent(name)}`;
    await call(url, { 'x-auth-token': headers['x-auth-token'] }, JSON.stringify({ provisioned: size }));
    const volume = core.state.volumes.find(name);
    if (volume === undefined) continue;
    volume.forcedUsedBytes = used === undefined ? null : Math.floor(volume.sizeBytes * used);
    volume.forcedIops = iops ?? null;
  }
  core.sessions.expireAll();
}

async function attempt(
  array: SimulatedArray,
  url: string,
  headers: Record<string, string | undefined>,
  body: string,
): Promise<{ readonly headers: Readonly<Record<string, string>> }> {
  const response = await array.core.handle({ method: 'POST', url, headers, body });
  if (response.status !== 200)
    throw new Error(`Array ${array.name}: cannot preload, ${url} gave ${response.status}: ${response.body}`);
  return response;
}
