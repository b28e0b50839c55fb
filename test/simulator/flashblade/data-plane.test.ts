import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FileDataPlane, FileDataPlaneRule } from './data-plane.ts';
import { TestClient } from './test-client.ts';

const GIB = 2 ** 30;
const DAY_MS = 86_400_000;

/** Files as a server would hold them: what each call made of them, by file system. */
class MemoryFiles implements FileDataPlane {
  readonly served = new Map<
    string,
    { name: string; bytes: number | null; rules: readonly FileDataPlaneRule[] | null }
  >();
  readonly snapshots = new Map<string, string>();
  readonly restores: string[] = [];
  failing = false;

  async prepare(): Promise<void> {
    await this.#work();
  }

  async fileSystemCreated(
    ...[{ id, name, provisionedBytes }]: Parameters<FileDataPlane['fileSystemCreated']>
  ): Promise<void> {
    await this.#work();
    this.served.set(id, { name, bytes: provisionedBytes, rules: [] });
  }

  async fileSystemResized(
    ...[{ id, provisionedBytes }]: Parameters<FileDataPlane['fileSystemResized']>
  ): Promise<void> {
    await this.#change(id, { bytes: provisionedBytes });
  }

  async fileSystemRestored(...[, { snapshotId }]: Parameters<FileDataPlane['fileSystemRestored']>): Promise<void> {
    await this.#work();
    this.restores.push(snapshotId);
  }

  async exportRulesChanged(...[{ id, name }, rules]: Parameters<FileDataPlane['exportRulesChanged']>): Promise<void> {
    await this.#change(id, { name, rules });
  }

  async fileSystemDestroyed({ id }: { readonly id: string }): Promise<void> {
    await this.#change(id, { rules: null });
  }

  async fileSystemRecovered({ id }: { readonly id: string }): Promise<void> {
    await this.#change(id, { rules: [] });
  }

  async fileSystemEradicated(id: string): Promise<void> {
    await this.#work();
    this.served.delete(id);
  }

  async snapshotTaken(...[{ id, suffix }]: Parameters<FileDataPlane['snapshotTaken']>): Promise<void> {
    await this.#work();
    this.snapshots.set(id, suffix);
  }

  async snapshotEradicated(id: string): Promise<void> {
    await this.#work();
    this.snapshots.delete(id);
  }

  /** Names with their clients; null: gone from the network. */
  exports(): Record<string, string[] | null> {
    return Object.fromEntries(
      Array.from(this.served.values(), ({ name, rules }) => [name, rules?.map(({ client }) => client) ?? null]),
    );
  }

  async #change(
    id: string,
    change: Partial<{ name: string; bytes: number | null; rules: readonly FileDataPlaneRule[] | null }>,
  ): Promise<void> {
    await this.#work();
    const file = this.served.get(id);
    if (file === undefined) throw new Error(`no file system ${id}`);
    this.served.set(id, { ...file, ...change });
  }

  async #work(): Promise<void> {
    await Promise.resolve();
    if (this.failing) throw new Error('disk on fire');
  }
}

describe('a FlashBlade with files behind it', () => {
  let files: MemoryFiles;
  let client: TestClient;

  beforeEach(async () => {
    files = new MemoryFiles();
    client = new TestClient(files);
    await client.array.prepare();
    await client.login();
  });

  const make = async (name: string, nfs: Record<string, unknown>, size = GIB): Promise<number> =>
    (await client.call('POST', `file-systems?names=${name}`, { provisioned: size, nfs: { v3_enabled: true, ...nfs } }))
      .status;

  it('serves what the API says: sizes, rules by text and by policy, names', async () => {
    await client.call('POST', 'nfs-export-policies?names=p', {});
    await make('a', { rules: '10.0.0.1(rw)' });
    await make('b', { export_policy: { name: 'p' } });
    expect(files.exports()).toEqual({ a: ['10.0.0.1'], b: [] });
    await client.call('POST', 'nfs-export-policies/rules?policy_names=p', { client: '10.0.0.2' });
    await client.call('PATCH', 'file-systems?names=a', { nfs: { add_rules: '10.0.0.3(rw)' }, provisioned: 2 * GIB });
    expect(files.exports()).toEqual({ a: ['10.0.0.1', '10.0.0.3'], b: ['10.0.0.2'] });
    expect([...files.served.values()].map(({ bytes }) => bytes)).toEqual([2 * GIB, GIB]);
    await client.call('PATCH', 'file-systems?names=a', { name: 'c' });
    await client.call('DELETE', 'nfs-export-policies/rules?names=p.1');
    expect(files.exports()).toEqual({ c: ['10.0.0.1', '10.0.0.3'], b: [] });
  });

  it('takes a destroyed file system off the network, and brings it back as it was', async () => {
    await make('a', { rules: '10.0.0.1(rw)' });
    await client.call('POST', 'file-system-snapshots?source_names=a', { suffix: 's' });
    await client.call('PATCH', 'file-systems?names=a', { destroyed: true });
    expect(files.exports()).toEqual({ a: null });
    await client.call('PATCH', 'file-systems?names=a', { destroyed: false });
    expect(files.exports()).toEqual({ a: ['10.0.0.1'] });
    await client.call('POST', 'file-systems?names=a&overwrite=true&discard_non_snapshotted_data=true', {
      source: { name: 'a.s' },
    });
    expect(files.restores.map(id => files.snapshots.get(id))).toEqual(['s']);
    await client.call('PATCH', 'file-systems?names=a', { destroyed: true });
    client.clock.advance(DAY_MS);
    await client.login();
    await make('b', { rules: '' });
    expect({ exports: files.exports(), snapshots: files.snapshots.size }).toEqual({ exports: { b: [] }, snapshots: 0 });
  });

  it('answers 500 and changes nothing when the files cannot follow', async () => {
    await make('a', { rules: '10.0.0.1(rw)' });
    files.failing = true;
    expect(await make('b', { rules: '' })).toBe(500);
    for (const body of [{ provisioned: 5 * GIB }, { nfs: { rules: '*(rw)' } }, { destroyed: true }])
      expect((await client.call('PATCH', 'file-systems?names=a', body)).status).toBe(500);
    expect((await client.call('POST', 'file-system-snapshots?source_names=a', { suffix: 's' })).status).toBe(500);
    files.failing = false;
    expect((await client.call('GET', 'file-systems')).items).toMatchObject([
      { name: 'a', provisioned: GIB, destroyed: false, nfs: { rules: '10.0.0.1(rw)' } },
    ]);
    expect((await client.call('GET', 'file-system-snapshots')).count).toBe(0);
    expect(await make('b', { rules: '' })).toBe(200);
  });
});
