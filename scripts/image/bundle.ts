import path from 'node:path';
import { build } from 'esbuild';
import type { TarEntry } from './tar.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Where the bundle lies in the image. */
export const APP_FOLDER = 'app';

/** CommonJS packages inside an ES module bundle call require for Node's own modules. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/**
 * The driver as a few `.mjs` files: what only one role loads stays apart, so that the other pays no memory for it.
 * Names are kept readable for stack traces. Equal sources give equal bytes.
 */
export async function bundle(entry: string): Promise<readonly TarEntry[]> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: { main: path.resolve(entry) },
    outdir: path.join(ROOT, 'build', 'bundle'), // names only: nothing is written
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // grpc-js loads it for its admin services only, which the driver does not offer.
    external: ['@grpc/proto-loader'],
    outExtension: { '.js': '.mjs' },
    banner: { js: REQUIRE },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'eof',
    logLevel: 'silent',
  });
  return outputFiles
    .map(({ path: file, contents }) => ({
      name: `${APP_FOLDER}/${path.basename(file)}`,
      content: Buffer.from(contents),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
