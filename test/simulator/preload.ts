import type { Scenario } from './scenario.ts';
import type { Core, Simulated } from './simulated.ts';
import type { SimulatedArray } from './simulated-array.ts';
import type { SimulatedBlade } from './simulated-blade.ts';

/** Makes a scenario's volumes by the array's own API, so that they are real ones. Nothing of it is logged or counted. */
export async function preload(array: SimulatedArray, volumes: Scenario['arrays'][number]['volumes']): Promise<void> {
  if (volumes.length === 0) return;
  const { core } = array;
  const version = core.settings.versions.at(-1) ?? '';
  const token = core.settings.tokens.find(({ role }) => role === 'admin')?.token;
  const session = await sessionOf(array, `/api/${version}/login`, token);
  for (const { name, size, used, iops } of volumes) {
    const url = `/api/${version}/volumes?names=${encodeURIComponent(name)}`;
    await attempt(array, url, session, JSON.stringify({ provisioned: size }));
    const volume = core.state.volumes.find(name);
    if (volume === undefined) continue;
    volume.forcedUsedBytes = used === undefined ? null : Math.floor(volume.sizeBytes * used);
    volume.forcedIops = iops ?? null;
  }
  core.sessions.expireAll();
}

/** As `preload`, for a FlashBlade's file systems. */
export async function preloadBlade(
  blade: SimulatedBlade,
  fileSystems: Scenario['blades'][number]['fileSystems'],
): Promise<void> {
  if (fileSystems.length === 0) return;
  const { core } = blade;
  const version = core.settings.versions.at(-1) ?? '';
  const token = core.settings.tokens.find(({ role }) => role === 'admin')?.token;
  const session = await sessionOf(blade, '/api/login', token);
  for (const { name, size, used, iops, rules } of fileSystems) {
    const nfs = { v3_enabled: true, v4_1_enabled: true, rules };
    const url = `/api/${version}/file-systems?names=${encodeURIComponent(name)}`;
    await attempt(blade, url, session, JSON.stringify({ provisioned: size, hard_limit_enabled: true, nfs }));
    const fileSystem = core.state.fileSystem(name);
    fileSystem.forcedUsedBytes = used === undefined ? null : Math.floor(size * used);
    fileSystem.forcedIops = iops ?? null;
  }
  core.sessions.expireAll();
}

type Headers = Record<string, string | undefined>;

async function sessionOf(array: Simulated<Core>, url: string, token: string | undefined): Promise<Headers> {
  const { headers } = await attempt(array, url, { 'api-token': token }, '');
  return { 'x-auth-token': headers['x-auth-token'] };
}

async function attempt(
  array: Simulated<Core>,
  url: string,
  headers: Headers,
  body: string,
): Promise<{ readonly headers: Readonly<Record<string, string>> }> {
  const response = await array.core.handle({ method: 'POST', url, headers, body });
  if (response.status !== 200)
    throw new Error(`Array ${array.name}: cannot preload, ${url} gave ${response.status}: ${response.body}`);
  return response;
}
