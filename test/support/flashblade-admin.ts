import type { SimulatedBlade } from '../simulator/simulated-blade.ts';

/** As an administrator at the array. */
async function admin(blade: SimulatedBlade, method: 'GET' | 'POST', resource: string, body?: object): Promise<string> {
  const token = blade.core.settings.tokens[0]?.token ?? '';
  const login = await blade.core.handle({
    method: 'POST',
    url: '/api/login',
    headers: { 'api-token': token },
    body: '',
  });
  const headers = { 'x-auth-token': login.headers['x-auth-token'] ?? '', 'content-type': 'application/json' };
  const answer = await blade.core.handle({
    method,
    url: `/api/2.28/${resource}`,
    headers,
    body: body === undefined ? '' : JSON.stringify(body),
  });
  if (answer.status !== 200) throw new Error(`${method} ${resource}: ${answer.status} ${answer.body}`);
  return answer.body;
}

/** Lets `client` read and write. */
export async function makeExportPolicy(blade: SimulatedBlade, name: string, client: string): Promise<void> {
  await admin(blade, 'POST', `nfs-export-policies?names=${name}`, { rules: [{ client, permission: 'rw' }] });
}

export const qosPolicies = async (blade: SimulatedBlade): Promise<unknown> =>
  (JSON.parse(await admin(blade, 'GET', 'qos-policies')) as { items: unknown }).items;
