import { at, expect, expectNoFaults, live, newCase, noteBy, test } from '../support/pages';

test('a mention reaches the other agent at once, is counted, and is gone once the case was read', async ({ aoife, browser }) => {
  const number = await newCase(aoife, { from: 'Mia <mia@mention.example>', subject: 'Somebody has to know this', text: 'Which port?' });
  const lukasz = await at(browser, 'lukasz');
  await lukasz.goto('/views/open');
  await live(lukasz);
  const watched = lukasz.locator('#rail-views a[href="/views/watched"]');
  await expect(watched.locator('.count')).toHaveCount(0);
  await noteBy(browser, 'aoife', number, '@lukasz do you know the port?');
  const toast = lukasz.locator(`#toast-notice-${number}`);
  await expect(toast).toContainText('mentioned you');
  await expect(toast).toContainText('do you know the port?');
  await expect(watched.locator('.count')).toHaveText('1');
  await expect(aoife.locator(`#toast-notice-${number}`)).toHaveCount(0);
  await toast.getByRole('link', { name: 'Open' }).click();
  await expect(lukasz.locator('.case-title')).toContainText('Somebody has to know this');
  await expect(watched.locator('.count')).toHaveCount(0);
  // What comes to a case that is on the page is read there, and pops up nowhere else on it.
  await noteBy(browser, 'aoife', number, 'And the protocol?');
  await expect(lukasz.locator('.entry[data-kind="note"]', { hasText: 'And the protocol?' })).toBeVisible();
  await expect(toast).toHaveCount(0);
  await expect(watched.locator('.count')).toHaveCount(0);
  await lukasz.goto('/views/watched');
  await expect(lukasz.locator('.case-row', { hasText: 'Somebody has to know this' })).toBeVisible();
  expectNoFaults(lukasz);
  await lukasz.context().close();
});
