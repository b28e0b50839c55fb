import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * The part of Playwright that the tests use. It is installed apart (`browser/package.json`), so that installing and
 * type-checking the driver never wait for it.
 */
export interface Locator {
  click(options?: { readonly timeout?: number }): Promise<void>;
  fill(text: string): Promise<void>;
  waitFor(options?: {
    readonly state?: 'visible' | 'attached' | 'hidden' | 'detached';
    readonly timeout?: number;
  }): Promise<void>;
  count(): Promise<number>;
  all(): Promise<readonly Locator[]>;
  first(): Locator;
  last(): Locator;
  nth(index: number): Locator;
  locator(selector: string): Locator;
  filter(options: { readonly hasText: string | RegExp }): Locator;
  getByTestId(id: string): Locator;
  getByText(text: string | RegExp, options?: { readonly exact?: boolean }): Locator;
  getByRole(role: string, options?: { readonly name?: string | RegExp }): Locator;
  getAttribute(name: string): Promise<string | null>;
  innerText(): Promise<string>;
  allInnerTexts(): Promise<string[]>;
  inputValue(): Promise<string>;
  isDisabled(): Promise<boolean>;
  screenshot(options: { readonly path: string }): Promise<Buffer>;
}

export interface Request {
  method(): string;
  url(): string;
  postData(): string | null;
  /** Names in small letters. */
  headers(): Readonly<Record<string, string>>;
  /** Null when it failed. */
  response(): Promise<Response | null>;
}

export interface Response {
  body(): Promise<Buffer>;
}

export interface Route {
  fetch(): Promise<{ json(): Promise<unknown> }>;
  fulfill(answer: { readonly json: unknown }): Promise<void>;
}

export interface Download {
  suggestedFilename(): string;
  /** Once it is complete. */
  path(): Promise<string>;
}

export interface WebSocketOfPage {
  on(event: 'framereceived', listener: (frame: { readonly payload: string | Buffer }) => void): unknown;
}

export interface ConsoleMessage {
  type(): string;
  text(): string;
}

export interface Page extends Pick<Locator, 'locator' | 'getByTestId' | 'getByText' | 'getByRole'> {
  readonly keyboard: {
    press(key: string): Promise<void>;
    type(text: string): Promise<void>;
  };
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  url(): string;
  content(): Promise<string>;
  waitForURL(url: RegExp): Promise<void>;
  evaluate<Result>(script: string): Promise<Result>;
  addScriptTag(options: { readonly content: string }): Promise<unknown>;
  screenshot(options: { readonly path: string }): Promise<Buffer>;
  setDefaultTimeout(milliseconds: number): void;
  route(address: string, handler: (route: Route) => Promise<void>): Promise<unknown>;
  waitForEvent(event: 'download'): Promise<Download>;
  on(event: 'request' | 'requestfinished', listener: (request: Request) => void): unknown;
  on(event: 'websocket', listener: (socket: WebSocketOfPage) => void): unknown;
  on(event: 'console', listener: (message: ConsoleMessage) => void): unknown;
  on(event: 'pageerror', listener: (error: Error) => void): unknown;
}

export interface BrowserContext {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

export interface Browser {
  newContext(options: {
    readonly viewport: { readonly width: number; readonly height: number };
  }): Promise<BrowserContext>;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launch(options: {
      readonly executablePath: string;
      readonly args: readonly string[];
      readonly timeout: number;
    }): Promise<Browser>;
  };
}

const CHROMIUM = '/usr/bin/chromium';
/** Namespaces of a container may forbid Chromium's own sandbox; all it loads is ours. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'];

/** Headless; `tools` is the folder where Playwright is installed. */
export function launchBrowser(tools: string): Promise<Browser> {
  const load = createRequire(path.join(tools, 'package.json')) as (name: string) => unknown;
  const { chromium } = load('playwright-core') as Playwright;
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [...FLAGS, '--disable-component-update'],
    timeout: 120_000,
  });
}
