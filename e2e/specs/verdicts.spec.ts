// What the desk found about a case is seen at once, and lists are narrowed by it.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { at, expect, expectNoFaults, newCase, reply, test } from '../support/pages';

async function isAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).exclude('mail-frame').analyze();
  expect.soft(violations.map(({ id, nodes }) => `${where} ${id}: ${nodes.map(({ target }) => target.join(' ')).slice(0, 4).join(' | ')}`)).toEqual([]);
}

async function product(page: Page, name: string, version: string): Promise<void> {
  await page.goto('/settings/products');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Add the product' }).click();
  await page.getByRole('link', { name: 'Add a cycle' }).click();
  await page.getByLabel('Name', { exact: true }).fill(version);
  await page.getByLabel('Released', { exact: true }).fill('2019-01-01');
  await page.getByLabel('End of life').fill('2022-06-30');
  await page.getByRole('button', { name: 'Keep' }).click();
  await expect(page.getByRole('row', { name: new RegExp(`^${version}`) })).toContainText('ended');
}

test('a case on an unsupported version shows it at once, in its row and at its head', async ({ aoife, browser }) => {
  test.setTimeout(90_000);
  await product(aoife, 'Ferrywell Sluice', '3.4');
  await newCase(aoife, {
    from: 'Cleo Hart <cleo@quay-verdicts.example>',
    subject: 'Relay stops at noon',
    text: 'Hello,\n\nProduct version: Ferrywell Sluice 3.4.1\nOperating system: Debian 12\n\nCleo',
  });
  await aoife.getByRole('link', { name: 'Read details from the mail' }).click();
  await aoife.locator('[data-detail="Version"] input[type=checkbox]').check();
  await aoife.getByLabel('What they call it').fill('Quay site');
  await aoife.getByRole('button', { name: 'Keep what is ticked' }).click();
  await expect(aoife.locator('[data-unsupported]')).toContainText('Ferrywell Sluice 3.4 ended on 30 June 2022');
  await expect(aoife.locator('.panel').getByRole('img', { name: 'Its life ended on 30 June 2022.' })).toBeVisible();
  await isAccessible(aoife, 'unsupported case');
  await aoife.locator('[data-verdict="Life cycle"]').getByRole('button', { name: 'Recommend an upgrade' }).click();
  await expect(reply(aoife)).toHaveValue(/Hello Cleo,[\s\S]*- Ferrywell Sluice 3\.4\.1: 3\.4 ended on 30 June 2022\./);

  await aoife.goto('/views/open');
  const row = aoife.locator('.case-row', { hasText: 'Relay stops at noon' });
  await expect(row).toContainText('3.4 ended');
  await aoife.keyboard.press('f');
  const menu = aoife.locator('#filter-menu');
  await menu.locator('summary', { hasText: 'What the desk found' }).click();
  await isAccessible(aoife, 'filter');
  await menu.getByRole('link', { name: 'ended', exact: true }).click();
  await expect(aoife.locator('.filter-badge')).toContainText('lifecycle:ended');
  await expect(row).toBeVisible();
  await expect(aoife.locator('.case-row', { hasText: 'Folder monitor stops' })).toHaveCount(0);

  await aoife.keyboard.press('f');
  await menu.getByLabel('Details', { exact: true }).check();
  await menu.getByRole('button', { name: 'Show' }).click();
  await expect(row).toContainText('details complete');
  await isAccessible(aoife, 'columns');
  expectNoFaults(aoife);

  const phone = await at(browser, 'aoife', { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: 'dark' });
  await phone.goto('/views/open?q=lifecycle:ended');
  expect.soft(await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await phone.locator('.case-row', { hasText: 'Relay stops at noon' }).click();
  await expect(phone.locator('[data-unsupported]')).toBeVisible();
  await isAccessible(phone, 'phone');
  await phone.context().close();

  await aoife.keyboard.press('f');
  await menu.getByLabel('Details', { exact: true }).uncheck();
  await menu.getByRole('button', { name: 'Show' }).click();
});

test('the questions of a product are asked in its form, without scripts too', async ({ aoife, browser }) => {
  await product(aoife, 'Ferrywell Bridge', '1.0');
  await aoife.goto('/settings/form');
  await aoife.locator('summary', { hasText: 'Add a question' }).click();
  await aoife.getByLabel('Product', { exact: true }).selectOption('Ferrywell Bridge');
  await aoife.getByLabel('Question', { exact: true }).fill('How many bridges?');
  await aoife.getByLabel('Answered by').selectOption('number');
  await aoife.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(aoife.getByRole('heading', { name: 'How many bridges?' })).toBeVisible();
  await isAccessible(aoife, 'settings of the form');

  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto('/support/new?product=Ferrywell%20Bridge');
  await page.getByLabel('Your name').fill('Dot Quill');
  await page.getByLabel('Mail address').fill('dot@bridges.example');
  await page.getByLabel('Problem').check();
  await page.getByLabel('How many bridges?').fill('many');
  await page.getByLabel('Description').fill('One of them is down.');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('Please give a number, such as 12 or 0.5.')).toBeVisible();
  await page.getByLabel('How many bridges?').fill('3');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText(/has come in|is held|case/i).first()).toBeVisible();
  await context.close();
});
