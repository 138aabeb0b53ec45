// What somebody may ask of us: a copy of what is kept about them, and that it is erased.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, newCase, test } from '../support/pages';

async function isAccessible(page: Page, where: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    expect.soft(violations.map(({ id, nodes }) => `${where} ${id}: ${nodes.map(({ target }) => target.join(' ')).slice(0, 4).join(' | ')}`)).toEqual([]);
  }
  const size = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), where).toBeLessThanOrEqual(0);
  if (size) await page.setViewportSize(size);
}

/** Reloads until it is there: the work is done after the answer. */
async function comes(page: Page, words: string): Promise<void> {
  await expect(async () => {
    await page.reload();
    await expect(page.locator('[data-request]').first()).toContainText(words, { timeout: 1_000 });
  }).toPass();
}

test('a contact’s archive is written, downloaded and removed, and then the contact is erased', async ({ aoife }) => {
  test.setTimeout(90_000);
  const number = await newCase(aoife, { from: 'Ivy Teasel <ivy@teasel.example>', subject: 'The dandelion export', text: 'It counts dandelions.' });
  const found = (await (await aoife.request.get('/api/v1/contacts?q=ivy@teasel.example')).json()) as { id: number }[];
  await aoife.goto(`/contacts/${found[0]?.id}`);
  await aoife.getByRole('link', { name: 'Export or erase' }).click();
  await expect(aoife.getByRole('heading', { name: 'Privacy of Ivy Teasel' })).toBeVisible();
  await expect(aoife.getByRole('heading', { name: 'What stays, and why' })).toBeVisible();
  await isAccessible(aoife, 'privacy of a contact');
  await aoife.getByRole('button', { name: 'Write the archive' }).click();
  await comes(aoife, 'ready');
  const begun = aoife.waitForEvent('download');
  await aoife.getByRole('link', { name: 'Download' }).click();
  expect((await begun).suggestedFilename()).toMatch(/^export-contact-\d+-\d{4}-\d{2}-\d{2}\.zip$/);
  await aoife.getByLabel(/^To erase, type the name/).fill('Ivy');
  await aoife.getByRole('button', { name: 'Erase', exact: true }).click();
  await expect(aoife.locator('body')).toContainText('Type “Ivy Teasel” as it stands here');
  await aoife.goto(`/contacts/${found[0]?.id}/privacy`);
  await aoife.getByLabel(/^To erase, type the name/).fill('Ivy Teasel');
  await aoife.getByRole('button', { name: 'Erase', exact: true }).click();
  await expect(aoife.getByRole('heading', { name: 'Privacy', exact: true })).toBeVisible();
  await comes(aoife, 'done');
  await isAccessible(aoife, 'privacy');
  await expect(aoife.locator('[data-request]').first()).toContainText('erased');
  await aoife.goto(`/cases/${number}`);
  await expect(aoife.locator('.case-title')).toContainText('[erased]');
  await expect(aoife.locator('.timeline')).not.toContainText('dandelion');
});
