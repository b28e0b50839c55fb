import type { Locator } from './playwright.ts';
import type { ArrayEntry } from './stage.ts';

/** Fills the form for one more FlashArray, as a person would. Returns that form. */
export async function addFlashArray(page: Locator, array: ArrayEntry): Promise<Locator> {
  await page.getByTestId('pso-add-FlashArrays').click();
  const index = (await page.locator('section.array').count()) - 1;
  const form = page.getByTestId(`pso-array-${index}`);
  await typeToken(form, array.APIToken);
  await form.getByTestId('pso-field-MgmtEndPoint').locator('input').fill(array.MgmtEndPoint);
  const labels = form.getByTestId('pso-field-Labels');
  for (const [row, [key, value]] of Object.entries(array.Labels).entries()) {
    await labels.getByTestId('pso-add-row').click();
    await labels.getByTestId(`pso-row-${row}-key`).fill(key);
    await labels.getByTestId(`pso-row-${row}-value`).fill(value);
  }
  await form.locator('details summary').click();
  await form.getByTestId('pso-field-caBundle').locator('textarea').fill(array.caBundle);
  return form;
}

export const typeToken = (form: Locator, token: string): Promise<void> =>
  form.locator('input[type=password]').fill(token);
