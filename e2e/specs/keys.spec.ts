import { expect, live, newCase, note, noteBy, openCase, reply, state, test } from '../support/pages';

test('J and K go through the list and open beside it', async ({ aoife }) => {
  await openCase(aoife, 'Folder monitor stops');
  const here = await aoife.locator('[data-looking-at]').getAttribute('data-looking-at');
  await aoife.locator('.case-title').click();
  await aoife.keyboard.press('j');
  await expect(aoife.locator('[data-looking-at]')).not.toHaveAttribute('data-looking-at', here ?? '');
  await aoife.keyboard.press('k');
  await expect(aoife.locator('[data-looking-at]')).toHaveAttribute('data-looking-at', here ?? '');
  await expect(aoife.locator('.case-row[aria-current]')).toHaveCount(1);
});

test('keys do nothing while somebody types', async ({ aoife }) => {
  await openCase(aoife, 'Can SharePoint be a source?');
  await aoife.keyboard.press('r');
  await aoife.keyboard.type('sjk?x');
  await expect(reply(aoife)).toHaveValue('sjk?x');
  await expect(state(aoife)).not.toHaveText('Solved');
  await reply(aoife).fill('');
});

test('every key that is shown has its target', async ({ aoife }) => {
  await openCase(aoife, 'Folder monitor stops');
  await aoife.keyboard.press('?');
  const dialog = aoife.getByRole('dialog', { name: 'Keys' });
  await expect(dialog).toContainText('Find anything');
  await expect(dialog).toContainText('Internal note');
  await aoife.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await aoife.keyboard.press('i');
  await expect(note(aoife)).toBeFocused();
});

test('a menu opens by its key, moves with the arrows and gives the focus back', async ({ aoife }) => {
  await openCase(aoife, 'Folder monitor stops');
  await aoife.keyboard.press('a');
  const menu = aoife.getByRole('menu', { name: 'Assignee' });
  await expect(menu).toBeVisible();
  await aoife.keyboard.press('Home');
  await expect(menu.getByRole('menuitemradio').first()).toBeFocused();
  await aoife.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await aoife.keyboard.press('Shift+A');
  await expect(aoife.locator('[popovertarget="agent-menu"]')).toContainText('Aoife');
});

test('an open menu survives a live refresh', async ({ aoife, browser }) => {
  const number = await openCase(aoife, 'Can SharePoint be a source?');
  await aoife.keyboard.press('w');
  const menu = aoife.getByRole('menu', { name: 'State' });
  await expect(menu).toBeVisible();
  await noteBy(browser, 'lukasz', number, 'Came in while the menu was open');
  await expect(aoife.locator('.entry', { hasText: 'Came in while the menu was open' })).toBeAttached();
  await expect(menu).toBeVisible();
  await menu.getByRole('menuitem', { name: 'sales' }).click();
  await expect(state(aoife)).toHaveText('Waiting on sales');
});

test('the palette finds cases, people and what can be done here', async ({ aoife }) => {
  await openCase(aoife, 'Folder monitor stops');
  await aoife.keyboard.press('Control+k');
  const palette = aoife.getByRole('dialog', { name: 'Find anything' });
  await palette.getByRole('textbox', { name: 'Find anything' }).or(palette.getByRole('combobox', { name: 'Find anything' })).fill('sharepoint');
  await expect(palette.getByRole('option').first()).toContainText('Can SharePoint be a source?');
  await aoife.keyboard.press('Enter');
  await expect(aoife.locator('.case-title')).toContainText('Can SharePoint');
  await live(aoife);
  await aoife.keyboard.press('Control+k');
  await palette.locator('input').fill('internal note');
  await palette.getByRole('option', { name: /Internal note/ }).click();
  await expect(note(aoife)).toBeFocused();
});

test('a key after J means the case that comes, not the one that is still shown', async ({ aoife }) => {
  await newCase(aoife, { from: 'Pia <pia@next.example>', subject: 'Below in the list', text: 'Hello.' });
  await newCase(aoife, { from: 'Pia <pia@next.example>', subject: 'On top of the list', text: 'Hello.' });
  await aoife.locator('.case-title').click();
  await aoife.keyboard.press('j');
  await aoife.keyboard.press('s');
  await expect(aoife.locator('.case-title')).toContainText('Below in the list');
  await expect(state(aoife)).toHaveText('Solved');
  await openCase(aoife, 'On top of the list');
  await expect(state(aoife)).not.toHaveText('Solved');
});
