import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from './playwright.ts';

/** What axe found, one line each: `rule: what it is; where`. */
export async function barriersIn(page: Page, tools: string, selector: string): Promise<readonly string[]> {
  await page.addScriptTag({ content: await readFile(path.join(tools, 'node_modules/axe-core/axe.min.js'), 'utf8') });
  return page.evaluate<string[]>(`(async () => {
    const { violations } = await axe.run(${JSON.stringify(selector)});
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => id + ': ' + help + '; ' + nodes.map(node => node.html).join(' | ').slice(0, 600));
  })()`);
}
