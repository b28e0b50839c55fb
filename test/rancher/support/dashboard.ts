import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { DashboardSession } from './dashboard-session.ts';
import { launchBrowser, type Browser } from './playwright.ts';
import { type Host, newestHost } from '../ui-artefacts.ts';
import { startStage, type Stage } from './stage.ts';

export const MINUTES = 60_000;

/** Behind all tests of a file. */
export let stage: Stage;
/** Of the test that runs: it begins with `logIn`. */
export let session: DashboardSession;
let browser: Browser;

interface Course {
  /** The newest where none is named. */
  readonly host?: Host;
  /** What the tests find, once the stage is there. */
  readonly begin?: () => Promise<void>;
  /** What they leave is taken away while the stage is still there. */
  readonly end?: () => Promise<void>;
  readonly endMs?: number;
}

/** Gives the tests of one file a stage and a browser. */
export function useDashboard({ host = newestHost, begin, end, endMs }: Course = {}): void {
  beforeAll(async () => {
    stage = await startStage(host);
    browser = await launchBrowser(stage.artefacts.browser);
    await begin?.();
  }, 40 * MINUTES);
  afterEach(async () => {
    await session.close();
  });
  afterAll(async () => {
    try {
      await end?.();
    } finally {
      await browser.close();
      await stage.close();
    }
  }, endMs);
}

export async function logIn(user: 'admin' | 'viewer' = 'admin'): Promise<void> {
  session = await DashboardSession.logIn(browser, stage.rancher, user);
}
