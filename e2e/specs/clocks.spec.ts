// What a support option promises: a case on a contract says when it is due, goes over, and is found by that.
import AxeBuilder from '@axe-core/playwright';
import { expect, newCase, test } from '../support/pages';

test('a case on a contract counts down to its due time, is listed, and is broken live', async ({ aoife }) => {
  test.setTimeout(180_000);
  await aoife.goto('/settings/support-options');
  await aoife.getByLabel('Name', { exact: true }).fill('Within a minute');
  await aoife.getByLabel('mail', { exact: true }).check();
  await aoife.getByLabel('Hours').fill('24/7');
  await aoife.getByLabel('First response at priority normal, minutes').fill('1');
  await aoife.getByLabel('Solved at priority normal, minutes').fill('600');
  await aoife.getByRole('button', { name: 'Add the option' }).click();
  await aoife.goto('/organisations');
  await aoife.getByLabel('Name', { exact: true }).fill('Quick Harbour');
  await aoife.getByLabel('Mail domains').fill('quick.example');
  await aoife.getByRole('button', { name: 'Add the organisation' }).click();
  await expect(aoife.getByRole('heading', { name: 'Quick Harbour' })).toBeVisible();
  await aoife.getByText('Add a contract').click();
  const contract = aoife.getByRole('form', { name: 'New contract' });
  await contract.getByLabel('Support option').selectOption({ label: 'Within a minute' });
  await contract.getByLabel('First day').fill('2024-01-01');
  await contract.getByRole('button', { name: 'Add' }).click();

  const number = await newCase(aoife, { from: 'Una Quick <una@quick.example>', subject: 'Transfers stand still', text: 'Since noon.' });
  const due = aoife.locator(`#case-${number}-due`);
  await expect(due).toContainText(/First reply due .*(in 1 min|over)/);
  const first = aoife.locator('[data-promise="First reply"]');
  await expect(first).toContainText('Within a minute: within 1 min');
  await expect(aoife.locator('[data-promise="Solution"]')).toContainText('running');

  await aoife.keyboard.press('g');
  await aoife.keyboard.press('d');
  await expect(aoife).toHaveURL(/\/views\/due$/);
  const row = aoife.locator('.case-row', { hasText: 'Transfers stand still' });
  await expect(row.locator('.due')).toContainText(/min/);
  const link = aoife.locator('.rail-link', { hasText: 'Due soon' });
  await expect(link.locator('.count.hot')).toBeVisible();
  await row.click();
  await expect(first).toContainText('breached', { timeout: 75_000 });
  await expect(aoife.locator(`#toast-alarm-${number}`)).toContainText('wants its first reply');
  await expect(aoife.locator('.timeline')).toContainText('saw no first reply');
  await expect(due).toContainText('over');
  for (const colorScheme of ['light', 'dark'] as const) {
    await aoife.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page: aoife }).exclude('mail-frame').analyze();
    expect.soft(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`)).toEqual([]);
  }

  await aoife.goto('/views/open?q=is:breached');
  await expect(aoife.locator('.case-row', { hasText: 'Transfers stand still' })).toBeVisible();
  await aoife.goto(`/cases/${number}`);
  await aoife.locator('textarea[data-kind="reply"]').fill('We look at it.');
  await aoife.keyboard.press('Control+Enter');
  await expect(first).toContainText('met late');
  await expect(aoife.locator('[data-promise="Solution"]')).toContainText('paused');
});
