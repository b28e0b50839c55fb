import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Locator, Page, Request } from './playwright.ts';
import type { Rancher } from './rancher.ts';

const VIEWPORT = { width: 1400, height: 900 };
/** A row is seen some seconds after its object, on a busy machine later. */
const PATIENCE_MS = 30_000;
const PICTURES = path.resolve(import.meta.dirname, '../../../build/rancher');

export type Theme = 'light' | 'dark';
export type PageName =
  | 'overview'
  | 'start'
  | 'arrays'
  | 'nodes'
  | 'classes'
  | 'placement'
  | 'volumes'
  | 'recover'
  | 'settings'
  | 'import'
  | 'fleet';

/** One user in one browser window, and every request it made. */
export class DashboardSession {
  readonly page: Page;
  readonly requests: readonly Request[];
  /** Errors that no code of the page caught. */
  readonly pageErrors: readonly string[];
  /** What the page wrote to the console, of any level. */
  readonly console: readonly string[];
  readonly #context: BrowserContext;
  readonly #url: string;

  private constructor(context: BrowserContext, page: Page, url: string) {
    this.#context = context;
    this.#url = url;
    this.page = page;
    const requests: Request[] = [];
    const errors: string[] = [];
    const lines: string[] = [];
    this.requests = requests;
    this.pageErrors = errors;
    this.console = lines;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('request', request => void requests.push(request));
    page.on('pageerror', error => void errors.push(error.message));
    page.on('console', message => void lines.push(message.text()));
  }

  static async logIn(browser: Browser, rancher: Rancher, user: 'admin' | 'viewer'): Promise<DashboardSession> {
    const context = await browser.newContext({ viewport: VIEWPORT });
    const session = new DashboardSession(context, await context.newPage(), rancher.url);
    const { page } = session;
    await page.goto(`${rancher.url}/auth/login`);
    await page.locator('form input[type=password]').waitFor();
    await page.locator('form input').first().fill(user);
    await page.locator('form input[type=password]').fill(rancher.password);
    await page.getByTestId('login-submit').first().click();
    await page.waitForURL(/\/home|\/c\//u);
    return session;
  }

  /** Opens one of our pages and waits until it has its data. */
  async open(name: PageName): Promise<Locator> {
    await this.page.goto(`${this.#url}${name === 'fleet' ? '/pso-fleet/c/_/fleet' : `/c/local/pso/${name}`}`);
    return this.shown(name);
  }

  async shown(name: PageName): Promise<Locator> {
    await this.page.locator(`[data-testid=pso-page-${name}][aria-busy=false]`).waitFor();
    return this.page.getByTestId(`pso-page-${name}`);
  }

  async goto(address: string): Promise<void> {
    await this.page.goto(`${this.#url}${address}`);
  }

  /** As the user's preference in the dashboard; the next page that is opened has it. */
  async setTheme(theme: Theme): Promise<void> {
    await this.page.evaluate(`(async () => {
      const list = await (await fetch('/v1/userpreferences')).json();
      const own = list.data[0];
      own.data = { ...own.data, theme: JSON.stringify('ui-${theme}') };
      await fetch(own.links.update, {
        method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(own),
      });
    })()`);
  }

  /** `build/rancher/<name>.png`. */
  async picture(name: string): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    await this.page.screenshot({ path: path.join(PICTURES, `${name}.png`) });
  }

  /** All that the browser keeps of a page: its document, what is typed into it, and its stores. */
  async everythingKept(): Promise<string> {
    const kept = await this.page.evaluate<string>(`JSON.stringify([
      { ...localStorage }, { ...sessionStorage }, document.cookie, document.documentElement.outerHTML,
      [...document.querySelectorAll('input, textarea')].map(field => field.value),
    ])`);
    return `${kept}\n${this.page.url()}\n${this.console.join('\n')}`;
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}
