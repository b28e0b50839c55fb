import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PAGES as EXPLORER_PAGES } from '../../../pkg/pso-ui/product-name.ts';
import { eventually } from '../../support/eventually.ts';
import type { Browser, BrowserContext, Locator, Page, Request } from './playwright.ts';
import type { Rancher } from './rancher.ts';

const VIEWPORT = { width: 1400, height: 900 };
/** A row is seen some seconds after its object, on a busy machine later. */
const PATIENCE_MS = 60_000;
const PICTURES = path.resolve(import.meta.dirname, '../../../build/rancher');

export type Theme = 'light' | 'dark';
/** Of the extension; the last is at the top level. */
export const PAGES = [...EXPLORER_PAGES, 'fleet'] as const;
export type PageName = (typeof PAGES)[number];

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
    const shown = this.page.getByTestId(`pso-page-${name}`);
    // What comes late is shown all the same, in the place of these words.
    const late = shown.getByTestId('pso-page-error').filter({ hasText: 'Nothing has come within' });
    await late.waitFor({ state: 'detached' });
    return shown;
  }

  async goto(address: string): Promise<void> {
    await this.page.goto(`${this.#url}${address}`);
  }

  /** As the user's preference in the dashboard, until it is seen: the page writes preferences of its own after the login. */
  async setTheme(theme: Theme): Promise<void> {
    await eventually(`theme ${theme}`, 2 * PATIENCE_MS, async () => {
      await this.#prefer(theme);
      await this.page.reload();
      await this.page.locator(`body.theme-${theme}`).waitFor({ state: 'attached', timeout: PATIENCE_MS / 2 });
      return true;
    });
  }

  async #prefer(theme: Theme): Promise<void> {
    await this.page.evaluate(`(async () => {
      const list = await (await fetch('/v1/userpreferences')).json();
      const own = list.data[0];
      own.data = { ...own.data, theme: JSON.stringify('ui-${theme}') };
      const answer = await fetch(own.links.update, {
        method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(own),
      });
      if (!answer.ok && answer.status !== 409) throw new Error('preferences: ' + answer.status);
    })()`);
  }

  /** `build/rancher/<name>.png`; one whose name ends in a theme has to be in it. */
  async picture(name: string): Promise<void> {
    const theme = /-(light|dark)$/u.exec(name)?.[1];
    if (theme && (await this.page.locator(`body.theme-${theme}`).count()) === 0)
      throw new Error(`${name}: the page is not ${theme}`);
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

  /** Bodies of all requests that write, with their addresses. */
  writes(): readonly { readonly url: string; readonly body: string }[] {
    return this.requests
      .filter(request => !['GET', 'HEAD', 'OPTIONS'].includes(request.method()))
      .map(request => ({ url: request.url(), body: request.postData() ?? '' }));
  }

  /** Puts what the lab's Rancher does not know into the metadata of the object that it answers. */
  async answerAlso(address: string, { metadata }: { readonly metadata: object }): Promise<void> {
    await this.page.route(address, async route => {
      const found = (await (await route.fetch()).json()) as { readonly metadata?: object };
      await route.fulfill({ json: { ...found, metadata: { ...found.metadata, ...metadata } } });
    });
  }

  /** Clicks, and returns the file that the browser downloads then, with its name. */
  async download(button: Locator): Promise<{ readonly name: string; readonly content: Buffer }> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), button.click()]);
    return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}
