import { existsSync } from 'node:fs';
import path from 'node:path';

const swc = ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }];

/** One project a layer; `npm run test:<layer>` selects it. Servers are closed in afterEach: no forceExit. */
const layer = (displayName, roots) => ({
  displayName,
  rootDir: import.meta.dirname,
  roots: roots.filter(root => existsSync(path.join(import.meta.dirname, root))).map(root => `<rootDir>/${root}`),
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': swc },
  modulePathIgnorePatterns: ['<rootDir>/build'],
  testEnvironment: 'node',
});

export default {
  /** Of a case or hook that names none. A machine that many share may stand still for seconds. */
  testTimeout: 120_000,
  projects: [
    layer('unit', [
      'driver/src',
      'test/simulator',
      'test/support',
      'test/generated',
      'test/run',
      'test/sandbox',
      'test/tools',
      'scripts',
    ]),
    layer('ui', ['pkg/pso-ui/forms', 'pkg/pso-ui/modules', 'pkg/pso-ui/testing']),
    layer('contract', ['test/contract']),
    layer('simulation', ['test/simulation']),
    layer('csi', ['test/csi', 'test/monitoring']),
    layer('chart', ['test/chart']),
    layer('cluster', ['test/cluster', 'test/stories']),
    layer('rancher', ['test/rancher']),
    layer('lab', ['test/lab']),
  ].filter(({ roots }) => roots.length > 0),
};
