import AxeBuilder from '@axe-core/playwright';
import { password } from '../support/desk';
import { expect, test } from '../support/pages';
import { startEmpty } from '../support/start';

test('whoever installs the desk makes the first administrator by the printed link, once', async ({ browser }) => {
  const { link, stop } = await startEmpty();
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ colorScheme, viewport: { width: 390, height: 844 } });
      const page = await context.newPage();
      await page.goto(link);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      await context.close();
    }
    const page = await browser.newPage();
    await page.goto(link);
    await page.getByLabel('Your name').fill('Nora Quinn');
    await page.getByLabel('Mail address').fill('nora@desk.example');
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Make the administrator' }).click();
    await expect(page.getByRole('alert')).toContainText('8 characters');
    await expect(page.getByLabel('Your name')).toHaveValue('Nora Quinn');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Make the administrator' }).click();
    await expect(page.locator('.rail')).toBeVisible();
    const late = await browser.newPage();
    expect((await late.goto(link))?.status()).toBe(404);
    await page.close();
    await late.close();
  } finally {
    await stop();
  }
});
