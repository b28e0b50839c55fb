import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import { build, type Plugin } from 'esbuild';

const UI = path.resolve(import.meta.dirname, '../../../pkg/pso-ui');
/** Translates to the key and what fills its blanks. */
const STORE =
  "export const useDashboard = () => ({ getters: {} }); export const useText = () => (key, args = {}) => [key, ...Object.values(args)].join(' ');";
/** What Vue looks for in a browser. */
const GLOBALS = [
  'window',
  'document',
  'Element',
  'SVGElement',
  'HTMLElement',
  'Node',
  'Event',
  'ShadowRoot',
  'MathMLElement',
];

interface Descriptor {
  readonly scriptSetup: object | null;
  readonly template: { readonly content: string } | null;
}
interface Compiler {
  parse(source: string, options: { filename: string }): { descriptor: Descriptor };
  compileScript(descriptor: Descriptor, options: { id: string; inlineTemplate: boolean }): { content: string };
  compileTemplate(options: { source: string; filename: string; id: string }): { code: string };
  rewriteDefault(script: string, name: string, plugins: readonly string[]): string;
}
interface App {
  component(name: string, component: object): App;
  directive(name: string, directive: object): App;
  mount(selector: string): unknown;
}
interface Vue {
  createApp(component: { setup: () => () => unknown }): App;
  h(component: unknown, properties: object): unknown;
  reactive<State extends object>(state: State): State;
  nextTick(): Promise<void>;
}
interface Field {
  value: string;
  readonly textContent: string;
  readonly children: Iterable<Field>;
  click(): void;
  getAttribute(name: string): string | null;
  dispatchEvent(event: object): void;
}
interface Dom {
  readonly window: Readonly<Record<string, unknown>> & {
    readonly document: { querySelector(selector: string): Field | null };
    readonly Event: new (name: string, options: { bubbles: boolean }) => object;
  };
}

/** A component of the extension in a document of its own, without the dashboard around it. */
export class MountedComponent<Properties extends object> {
  /** Changes are drawn at the next step. */
  readonly properties: Properties;
  readonly #vue: Vue;
  readonly #dom: Dom;

  private constructor(vue: Vue, dom: Dom, properties: Properties) {
    this.#vue = vue;
    this.#dom = dom;
    this.properties = properties;
  }

  /** `modules`: folder of the artefact `ui-modules`; `file`: below the extension's folder. */
  static async mount<Properties extends object>(
    modules: string,
    file: string,
    properties: Properties,
  ): Promise<MountedComponent<Properties>> {
    const load = createRequire(path.join(modules, 'package.json')) as (name: string) => unknown;
    const { JSDOM } = load('jsdom') as { JSDOM: new (html: string) => Dom };
    const dom = new JSDOM('<div id="app"></div>');
    for (const name of GLOBALS) Object.assign(globalThis, { [name]: dom.window[name] });
    const vue = load('vue') as Vue;
    const component = await compile(load, modules, file);
    const drawn = vue.reactive(properties);
    const app = vue.createApp({ setup: () => () => vue.h(component, { ...drawn }) });
    // What the dashboard has for every page, and the shell's components name whether they draw it or not.
    app.component('t', {}).directive('clean-html', {}).mount('#app');
    return new MountedComponent(vue, dom, drawn);
  }

  /** The element with that `data-testid`, or undefined. */
  find(id: string): Field | undefined {
    return this.#dom.window.document.querySelector(`[data-testid="${id}"]`) ?? undefined;
  }

  /** What stands in it, in one line. */
  text(id: string): string {
    return this.#known(id).textContent.replace(/\s+/gu, ' ').trim();
  }

  /** Values that a list of suggestions offers. */
  options(id: string): readonly string[] {
    return [...this.#known(id).children].map(option => option.getAttribute('value') ?? '');
  }

  async click(id: string): Promise<void> {
    this.#known(id).click();
    await this.#vue.nextTick();
  }

  async type(id: string, text: string): Promise<void> {
    const field = this.#known(id);
    field.value = text;
    field.dispatchEvent(new this.#dom.window.Event('input', { bubbles: true }));
    await this.#vue.nextTick();
  }

  async change(properties: Partial<Properties>): Promise<void> {
    Object.assign(this.properties, properties);
    await this.#vue.nextTick();
  }

  #known(id: string): Field {
    const found = this.find(id);
    if (found === undefined) throw new Error(`Nothing has data-testid ${id}.`);
    return found;
  }
}

async function compile(load: (name: string) => unknown, modules: string, file: string): Promise<unknown> {
  const { outputFiles } = await build({
    entryPoints: [path.join(UI, file)],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    plugins: [componentFiles(load('@vue/compiler-sfc') as Compiler, modules)],
  });
  const made = { exports: {} as { default?: unknown } };
  const run = compileFunction(outputFiles[0]?.text ?? '', ['module', 'exports', 'require']) as (
    ...parts: readonly unknown[]
  ) => void;
  run(made, made.exports, load);
  return made.exports.default;
}

/** The shell's own components are the real ones, as far as they need no store. */
const componentFiles = (compiler: Compiler, modules: string): Plugin => ({
  name: 'components',
  setup: plugin => {
    plugin.onResolve({ filter: /rancher\/store\.ts$/ }, () => ({ path: 'store', namespace: 'store' }));
    plugin.onLoad({ filter: /^store$/, namespace: 'store' }, () => ({ contents: STORE, loader: 'js' }));
    plugin.onResolve({ filter: /^vue$/ }, ({ path: name }) => ({ path: name, external: true }));
    plugin.onResolve({ filter: /^@components\// }, ({ path: name }) => ({
      path: path.join(modules, SHELL_COMPONENTS, name.replace('@components/', ''), 'index.ts'),
    }));
    plugin.onResolve({ filter: /^@shell\// }, ({ path: name, kind }) =>
      plugin.resolve(name.replace('@shell/', './'), { resolveDir: path.join(modules, SHELL), kind }),
    );
    plugin.onLoad({ filter: /\.vue$/ }, async ({ path: filename }) => ({
      contents: toScript(compiler, await readFile(filename, 'utf8'), filename),
      loader: 'ts',
      resolveDir: path.dirname(filename),
    }));
  },
});
const SHELL = 'node_modules/@rancher/shell';
const SHELL_COMPONENTS = `${SHELL}/rancher-components`;

function toScript(compiler: Compiler, source: string, filename: string): string {
  const id = path.basename(filename);
  const { descriptor } = compiler.parse(source, { filename });
  const { content } = compiler.compileScript(descriptor, { id, inlineTemplate: true });
  if (descriptor.scriptSetup || !descriptor.template) return content;
  const { code } = compiler.compileTemplate({ source: descriptor.template.content, filename, id });
  const script = compiler.rewriteDefault(content, 'component', ['typescript']);
  return `${script}\n${code}\ncomponent.render = render;\nexport default component;`;
}
