import { copyFile, cp, mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type { Artefact, BuildContext } from '../tools/artefact.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const UI = path.join(ROOT, 'pkg', 'pso-ui');
const APP = path.join(UI, 'app');
const YARN = 'yarn@1.22.22';
const LOCKED = ['package.json', 'yarn.lock'];
/** What the extension is made of besides its own folder. */
const CHART_FILES = [path.join(ROOT, 'questions.yaml'), path.join(ROOT, 'charts/pure-pso/values.schema.json')];
const DRIVER_FOLDERS = ['domain', 'placement'];

/** The shell's scripts call `node`: the one that runs us. Ours may be set for jest, which changes what they build. */
const ENV = {
  PATH: `${path.dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
  NODE_OPTIONS: '',
  NODE_ENV: '',
  // Older shells bring a test browser along, which comes from no registry.
  CYPRESS_INSTALL_BINARY: '0',
};
const BUILD_ENV = { ...ENV, NODE_ENV: 'production' };

/** `node_modules` of the @rancher/shell that a folder locks; npm can't install it so that its own build works, yarn 1 can. */
const modulesIn = (name: string, title: string, folder: string): Artefact => ({
  name,
  title,
  estimateSeconds: 100,
  weight: 'light',
  needs: [],
  hostPackages: [],
  inputs: () => ({ files: LOCKED.map(file => path.join(folder, file)), values: [YARN] }),
  build: async context => {
    const npm = ['--prefix', context.work, '--no-audit', '--no-fund', '--no-save'];
    await context.run('npm', ['install', ...npm, YARN], { env: ENV });
    for (const file of LOCKED) await copyFile(path.join(folder, file), path.join(context.out, file));
    context.note('installing @rancher/shell');
    const yarn = path.join(context.work, 'node_modules', 'yarn', 'bin', 'yarn.js');
    const flags = ['--frozen-lockfile', '--non-interactive', '--no-progress'];
    await context.run(process.execPath, [yarn, 'install', ...flags], { cwd: context.out, env: ENV });
  },
});

export const uiModules = modulesIn('ui-modules', '@rancher/shell and its build tools', APP);

/** `pso-ui-<version>/`: what Rancher serves of an extension, built by the shell's own script. */
export const uiBundle: Artefact = {
  name: 'ui-bundle',
  title: 'the Rancher extension',
  estimateSeconds: 70,
  weight: 'heavy',
  needs: [uiModules],
  hostPackages: [],
  inputs: () => ({
    files: [UI, ...CHART_FILES, ...DRIVER_FOLDERS.map(driverFolder), import.meta.filename],
    values: [],
  }),
  build: async context => {
    const app = await stage(context);
    const script = path.join(app, 'node_modules/@rancher/shell/scripts/build-pkg.sh');
    await context.run('bash', [script, 'pso-ui'], { cwd: app, env: BUILD_ENV });
    await cp(path.join(app, 'dist-pkg'), context.out, { recursive: true });
  },
};

/** A dashboard itself, not minified, without the extension: it loads that at run time, as in production. */
const dashboardOf = (name: string, title: string, modules: Artefact, version: string): Artefact => ({
  name,
  title,
  estimateSeconds: 110,
  weight: 'heavy',
  needs: [modules],
  hostPackages: [],
  inputs: () => ({
    files: ['vue.config.js', 'babel.config.js', 'tsconfig.json'].map(file => path.join(APP, file)),
    values: [version],
  }),
  build: async context => {
    const app = await emptyApp(context, modules);
    const env = { ...BUILD_ENV, FAST: '1', DASHBOARD_VERSION: version };
    await mkdir(path.join(app, 'pkg'));
    await context.run(path.join(app, 'node_modules/.bin/vue-cli-service'), ['build'], { cwd: app, env });
    await cp(path.join(app, 'dist'), context.out, { recursive: true });
  },
});

/** A Rancher for the browser: its dashboard, and what its server does. */
export interface Host {
  readonly version: string;
  /** Whether its lists are filtered and sorted by SQL, which is so from 2.12 on. */
  readonly filtersLists: boolean;
  readonly modules: Artefact;
  readonly dashboard: Artefact;
}

const newest = { version: 'v2.15.0', filtersLists: true };
export const newestHost: Host = {
  ...newest,
  modules: uiModules,
  dashboard: dashboardOf('rancher-dashboard', "Rancher's dashboard", uiModules, newest.version),
};
export const oldestHost = olderHost('2.10', false);

/** Its shell is locked in `pkg/pso-ui/app/hosts/<minor>`. */
function olderHost(minor: string, filtersLists: boolean): Host {
  const title = `dashboard of Rancher ${minor}`;
  const modules = modulesIn(`ui-modules-${minor}`, `what builds the ${title}`, path.join(APP, 'hosts', minor));
  const version = `v${minor}.0`;
  const dashboard = dashboardOf(`rancher-dashboard-${minor}`, title, modules, version);
  return { version, filtersLists, modules, dashboard };
}

const driverFolder = (name: string): string => path.join(ROOT, 'driver', 'src', name);

/** An app as the shell wants it; the link is in the build's scratch folder only. */
async function emptyApp(context: BuildContext, modules: Artefact): Promise<string> {
  const app = path.join(context.work, 'app');
  await mkdir(app);
  for (const file of ['vue.config.js', 'babel.config.js', 'tsconfig.json']) {
    await copyFile(path.join(APP, file), path.join(app, file));
  }
  await copyFile(path.join(context.path(modules), 'package.json'), path.join(app, 'package.json'));
  await symlink(path.join(context.path(modules), 'node_modules'), path.join(app, 'node_modules'));
  return app;
}

/** The shell builds `pkg/<name>` below an app: a copy of ours, with the chart's files where the form model reads them. */
async function stage(context: BuildContext): Promise<string> {
  const app = await emptyApp(context, uiModules);
  const extension = path.join(app, 'pkg', 'pso-ui');
  const isPart = (file: string): boolean => !file.endsWith('.test.ts') && file !== APP && !file.endsWith('/testing');
  await cp(UI, extension, { recursive: true, filter: isPart });
  await copyFile(path.join(APP, 'extension.tsconfig.json'), path.join(extension, 'tsconfig.json'));
  const source = path.join(extension, 'forms', 'source');
  await mkdir(source);
  for (const file of CHART_FILES) await copyFile(file, path.join(source, path.basename(file)));
  for (const folder of DRIVER_FOLDERS) {
    const filter = (file: string): boolean => !file.endsWith('.test.ts');
    await cp(driverFolder(folder), path.join(app, 'driver', 'src', folder), { recursive: true, filter });
  }
  return app;
}

export interface ExtensionManifest {
  readonly name: string;
  readonly version: string;
  readonly rancher: { readonly annotations: Readonly<Record<string, string>> };
}

/** The extension's package.json, as far as Rancher reads it. */
export async function extensionManifest(): Promise<ExtensionManifest> {
  return JSON.parse(await readFile(path.join(UI, 'package.json'), 'utf8')) as ExtensionManifest;
}

/** Name and version of the extension, as its folder in `uiBundle` is called. */
export async function extensionFolder(): Promise<string> {
  const { name, version } = await extensionManifest();
  return `${name}-${version}`;
}
