import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packCatalog } from '../../../scripts/pack/pack-catalog.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** The catalog as `npm run pack` makes it, at an address. */
export interface CatalogServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function startCatalogServer(): Promise<CatalogServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pso-catalog-'));
  await packCatalog({
    charts: path.join(ROOT, 'charts'),
    assets: path.join(ROOT, 'assets'),
    output: folder,
    baseUrl: '',
    extension: null,
    replace: true,
    created: '2026-01-01T00:00:00.000Z',
  });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://catalog');
    readFile(path.join(folder, path.normalize(decodeURIComponent(pathname)))).then(
      content => response.end(content),
      () => response.writeHead(404).end(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}
