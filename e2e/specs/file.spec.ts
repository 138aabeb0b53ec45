// What is known of a customer: details are taken over from a mail, and the case says what that means.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, newCase, test } from '../support/pages';

async function isAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).exclude('mail-frame').analyze();
  expect.soft(violations.map(({ id, nodes }) => `${where} ${id}: ${nodes.map(({ target }) => target.join(' ')).slice(0, 4).join(' | ')}`)).toEqual([]);
  const size = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), where).toBeLessThanOrEqual(0);
  if (size) await page.setViewportSize(size);
}

test('details of a mail are accepted and show on the case, which says that the version has ended', async ({ aoife }) => {
  test.setTimeout(90_000);
  await aoife.goto('/settings/products');
  await aoife.getByLabel('Name', { exact: true }).fill('Ferrywell Pilot');
  await aoife.getByRole('button', { name: 'Add the product' }).click();
  await aoife.getByRole('link', { name: 'Add a cycle' }).click();
  await aoife.getByLabel('Name', { exact: true }).fill('4.2');
  await aoife.getByLabel('Released', { exact: true }).fill('2019-01-01');
  await aoife.getByLabel('End of life').fill('2022-06-30');
  await aoife.getByRole('button', { name: 'Keep' }).click();
  await expect(aoife.getByRole('row', { name: /^4\.2/ })).toContainText('ended');
  await aoife.goto('/settings/support-options');
  await aoife.getByLabel('Name', { exact: true }).fill('Premier');
  await aoife.getByLabel('mail', { exact: true }).check();
  await aoife.getByRole('button', { name: 'Add the option' }).click();
  await expect(aoife.getByRole('link', { name: 'Premier' })).toBeVisible();
  await isAccessible(aoife, 'support options');

  const number = await newCase(aoife, {
    from: 'Bea Marsh <bea@harbour-file.example>',
    subject: 'Set-up of our server',
    text: 'Hello,\n\nProduct version: Ferrywell Pilot 4.2.1\nOperating system: Debian 12\nProtocols: SFTP\n\nI think there is LDAP.\n\nBea',
  });
  await expect(aoife.locator('[data-verdict="Contract"]')).toContainText('no contract');
  await aoife.getByRole('link', { name: 'Read details from the mail' }).click();
  await expect(aoife.getByRole('heading', { name: 'What the mail says of the installation' })).toBeVisible();
  const system = aoife.locator('[data-detail="Operating system"]');
  await expect(system.locator('input[type=checkbox]')).toBeChecked();
  await expect(system.locator('q')).toContainText('Debian 12');
  await expect(aoife.locator('[data-detail="Integrations"] input[type=checkbox]')).not.toBeChecked();
  await aoife.locator('[data-detail="Version"] input[type=checkbox]').check(); // no release 4.2.1 is known, so it is not sure
  await isAccessible(aoife, 'details');
  await aoife.getByLabel('What they call it').fill('Harbour site');
  await aoife.getByRole('button', { name: 'Keep what is ticked' }).click();

  const place = aoife.locator('[data-sect="installation"]');
  await expect(place).toContainText('Harbour site');
  await expect(place).not.toContainText('LDAP');
  await expect(place.locator('.src', { hasText: 'Debian' })).toHaveAttribute('title', /Mail of Bea Marsh, accepted by Aoife/);
  await expect(aoife.locator('[data-verdict="Life cycle"]')).toContainText('Ferrywell Pilot 4.2 ended on 30 June 2022');
  await isAccessible(aoife, 'case');
  await place.getByRole('link', { name: 'Harbour site' }).click();
  await expect(aoife.getByRole('heading', { name: 'Harbour site' })).toBeVisible();
  await isAccessible(aoife, 'installation');
  await aoife.getByLabel('Operating system').fill('Ubuntu');
  await aoife.getByRole('button', { name: 'Keep the details' }).click();
  await expect(aoife.getByText('Written by Aoife').first()).toBeVisible();
  await aoife.goto('/organisations?q=harbour-file.example');
  await isAccessible(aoife, 'organisations');
  await aoife.getByRole('link', { name: 'harbour-file.example' }).click();
  await expect(aoife.locator('#organisation-cases')).toContainText('Set-up of our server');
  await isAccessible(aoife, 'organisation');
  expect(number).toBeGreaterThan(0);
});
