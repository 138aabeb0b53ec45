import { at, expect, newCase, test } from '../support/pages';

test('a case that waits until a day comes back at eight where the agent is', async ({ browser }) => {
  const page = await at(browser, 'lukasz', { timezoneId: 'Asia/Tokyo' });
  const zone = page.getByLabel('Time zone');
  await page.goto('/settings/profile');
  await zone.fill('');
  const told = page.waitForResponse((answer) => answer.url().endsWith('/settings/time-zone'));
  await zone.press('Enter');
  expect((await told).status()).toBe(204);
  await page.goto('/settings/profile');
  await expect(zone).toHaveValue('Asia/Tokyo');
  await newCase(page, { from: 'Oda <oda@zone.example>', subject: 'Later, please', text: 'Hello.' });
  await page.keyboard.press('w');
  const day = new Date(Date.now() + 20 * 24 * 3_600_000).toISOString().slice(0, 10);
  await page.locator('#state-menu').getByLabel('until a day').fill(day);
  await page.locator('#state-menu').getByRole('button', { name: 'Wait', exact: true }).click();
  const until = page.locator('.case-props time').first();
  await expect(until).toHaveText(/08:00$/);
  expect(await until.getAttribute('datetime')).toMatch(/T23:00:00Z$/);
  await page.context().close();
});
