import { createNodeResolver, flatConfigs } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const SRC = './driver/src';

/** One row of the import table: files in `target` may import nothing from `from`. */
const forbid = (target, from, message) => ({
  target: `${SRC}/${target}`,
  from: from.map(folder => `${SRC}/${folder}`),
  message,
});

const ABOVE_DOMAIN = [
  'gen', 'config', 'rest', 'backends', 'placement', 'orchestrator', 'preview', 'array-check', 'node', 'kube', 'csi', 'metrics',
  'adapters', 'main.ts',
]; // prettier-ignore

/** docs/architecture.md draws this table; change both together. */
const importTable = [
  forbid('domain', ['lib', ...ABOVE_DOMAIN], 'domain imports nothing'),
  forbid('lib', ['domain', ...ABOVE_DOMAIN], 'lib imports nothing of ours'),
  forbid(
    'config',
    ABOVE_DOMAIN.filter(f => f !== 'config'),
    'config sees domain and lib only',
  ),
  forbid('rest', ['domain', ...ABOVE_DOMAIN.filter(f => f !== 'rest')], 'rest knows no domain'),
  forbid(
    'placement',
    ABOVE_DOMAIN.filter(f => f !== 'placement'),
    'placement sees a FleetSnapshot value only',
  ),
  forbid(
    'backends',
    ABOVE_DOMAIN.filter(f => f !== 'backends' && f !== 'rest'),
    'backends see domain, lib and their own REST client',
  ),
  forbid(
    'orchestrator',
    [
      'gen',
      'rest',
      'backends/flasharray',
      'backends/flashblade',
      'node',
      'kube',
      'csi',
      'metrics',
      'preview',
      'array-check',
      'adapters',
      'main.ts',
    ],
    'the orchestrator sees the backend port, placement, config types, domain and lib',
  ),
  forbid(
    'preview',
    ABOVE_DOMAIN.filter(f => f !== 'preview' && f !== 'orchestrator'),
    'preview sees the orchestrator, domain and lib',
  ),
  forbid(
    'array-check',
    [
      ...ABOVE_DOMAIN.filter(f => !['array-check', 'config', 'backends'].includes(f)),
      'backends/flasharray',
      'backends/flashblade',
    ],
    'array-check sees the backend port, config, domain and lib',
  ),
  forbid(
    'node',
    ABOVE_DOMAIN.filter(f => f !== 'node'),
    'the node side sees domain and lib',
  ),
  forbid(
    'kube',
    ABOVE_DOMAIN.filter(f => f !== 'kube'),
    'kube sees domain and lib',
  ),
  forbid(
    'csi',
    ['rest', 'backends', 'placement', 'config', 'kube', 'metrics', 'preview', 'array-check', 'adapters', 'main.ts'],
    'csi sees gen, the orchestrator, the node port, domain and lib',
  ),
  forbid(
    'metrics',
    ABOVE_DOMAIN.filter(f => f !== 'metrics'),
    'metrics see domain and lib',
  ),
];

/** Injected everywhere (Clock, Random, Transport, Exec, HostFs), so that whole fleets run deterministically in one process. */
const forbiddenGlobals = ['setTimeout', 'setInterval', 'setImmediate', 'fetch'].map(name => ({
  name,
  message: 'use the injected port (Clock, Transport); only adapters touch the process',
}));
const forbiddenProperties = [
  { object: 'Date', property: 'now', message: 'use the injected Clock' },
  { object: 'performance', property: 'now', message: 'use the injected Clock' },
  { object: 'Math', property: 'random', message: 'use the injected Random' },
  { object: 'process', property: 'env', message: 'read the environment in main.ts only' },
];
const forbiddenModules = [
  'node:child_process', 'child_process', 'node:fs', 'node:fs/promises', 'fs', 'node:timers', 'node:timers/promises',
  'node:http', 'node:https', 'node:net', 'node:tls', 'undici',
]; // prettier-ignore

/** Vue and what imports the shell is checked by the shell's own tools, installed apart. */
const UI_OF_THE_SHELL = ['pkg/*/*', ...['forms', 'modules', 'testing'].map(folder => `!pkg/*/${folder}`)];

export default tseslint.config(
  { ignores: ['node_modules', 'build', 'driver/src/gen', 'assets', 'coverage', ...UI_OF_THE_SHELL] },
  ...tseslint.configs.strictTypeChecked,
  flatConfigs.recommended,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.mjs', '.json'] })] },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-invalid-void-type': ['error', { allowAsThisParameter: true }],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      'import-x/no-unresolved': 'off',
      'import-x/named': 'off',
      'import-x/no-named-as-default-member': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['driver/src/**/*.ts'],
    rules: { 'import-x/no-restricted-paths': ['error', { zones: importTable }] },
  },
  {
    files: ['driver/src/**/*.ts'],
    ignores: ['driver/src/adapters/**', 'driver/src/main.ts', '**/*.test.ts'],
    rules: {
      'no-restricted-globals': ['error', ...forbiddenGlobals],
      'no-restricted-properties': ['error', ...forbiddenProperties],
      'no-restricted-imports': [
        'error',
        { paths: forbiddenModules.map(name => ({ name, message: 'only driver/src/adapters touches the machine' })) },
      ],
    },
  },
  {
    files: ['test/simulator/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '/driver/',
              message:
                'the simulator imports nothing from the driver: a wrong reading of the API would be wrong twice and pass',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['pkg/pso-ui/{forms,modules}/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^[^.]|^\\.\\./(?!forms/|modules/|\\.\\./\\.\\./driver/src/(domain|placement)/)',
              message: 'pure modules: no Vue, no Rancher, no Node',
            },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MethodDefinition > PrivateIdentifier',
          message: "the shell's build of the extension knows no private methods with #: write private",
        },
      ],
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'import-x/no-default-export': 'off' },
  },
  {
    // Jest takes a sequencer from the default export.
    files: ['test/run/path-order.ts'],
    rules: { 'import-x/no-default-export': 'off' },
  },
);
