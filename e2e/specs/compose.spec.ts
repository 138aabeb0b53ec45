import AxeBuilder from '@axe-core/playwright';
import { deliver } from '../support/desk';
import { sentMail } from '../support/relay';
import { at, expect, kept, live, newCase, noteBy, openCase, reply, test } from '../support/pages';
import type { Page } from '@playwright/test';

const chips = (page: Page, list: 'to' | 'cc') => page.locator(`recipients-field[data-name="${list}"] input[name="${list}"]`).evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value));

test('a reply goes to who wrote and to whom they copied, as it stands there', async ({ aoife }) => {
  await newCase(aoife, { from: 'Ann <ann@copies.example>', cc: 'Bob <bob@copies.example>', subject: 'Both of us ask', text: 'Bob reads along.' });
  expect(await chips(aoife, 'to')).toEqual(['ann@copies.example']);
  expect(await chips(aoife, 'cc')).toEqual(['bob@copies.example']);
  await aoife.keyboard.press('r');
  await reply(aoife).fill('To both of you.');
  await aoife.keyboard.press('Control+Enter');
  await expect.poll(() => sentMail().some((mail) => mail.includes('To both of you.') && /^Cc: .*bob@copies\.example/im.test(mail)), { timeout: 25_000 }).toBe(true);
});

test('a mail that looks like an open case is joined to it by one click, and the join is taken back', async ({ aoife }) => {
  const first = await newCase(aoife, { from: 'Ned <ned@joins.example>', subject: 'The nightly job stops', text: 'Since Monday.' });
  await deliver({ from: 'Ned <ned@joins.example>', subject: 'Re: The nightly job stops', text: 'And today too.' });
  const row = aoife.locator('.case-row', { hasText: 'The nightly job stops' });
  await aoife.goto('/views/open?q=nightly');
  await expect(row).toHaveCount(2);
  await row.filter({ hasNotText: `CD-${first}` }).click();
  await aoife.locator('.case-notices').getByRole('button', { name: 'Join' }).click();
  await expect(aoife).toHaveURL(new RegExp(`/cases/${first}`));
  await expect(aoife.locator('.entry', { hasText: 'And today too.' })).toBeVisible();
  await expect(aoife.locator('.entry', { hasText: 'Since Monday.' })).toBeVisible();
  await aoife.locator('.entry[data-kind="change"]').getByRole('button', { name: 'Undo' }).click();
  await expect(aoife.locator('.entry', { hasText: 'And today too.' })).toBeVisible();
  await expect(aoife.locator('.entry', { hasText: 'Since Monday.' })).toHaveCount(0);
});

test('a reply is sent at its hour, and stops there when it is taken back', async ({ aoife }) => {
  await newCase(aoife, { from: 'Lou <lou@later.example>', subject: 'No hurry', text: 'Whenever you can.' });
  await aoife.keyboard.press('r');
  await reply(aoife).fill('Good morning, Lou.');
  await kept(aoife);
  await aoife.keyboard.press('Control+Shift+Enter');
  const menu = aoife.getByRole('dialog', { name: 'Send later' });
  await expect(menu).toBeVisible();
  const { violations } = await new AxeBuilder({ page: aoife }).include('[popover]:popover-open').withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await menu.getByRole('menuitem', { name: /Tomorrow morning/ }).click();
  await expect(aoife.locator('.undo')).toContainText('Stops if the case changes');
  await expect(reply(aoife)).toHaveValue('');
  await aoife.getByRole('button', { name: 'Take it back' }).click();
  await expect(reply(aoife)).toHaveValue('Good morning, Lou.');
  expect(sentMail().some((mail) => mail.includes('Good morning, Lou.'))).toBe(false);
});

test('files are dropped on the text and pasted into it', async ({ aoife }) => {
  await openCase(aoife, 'Can SharePoint be a source?');
  await live(aoife);
  await aoife.keyboard.press('r');
  await reply(aoife).fill('See the picture.');
  for (const [type, name] of [['drop', 'dropped.txt'], ['paste', 'pasted.txt']] as const) {
    await reply(aoife).evaluate((field, [type, name]) => {
      const files = new DataTransfer();
      files.items.add(new File(['words'], name ?? '', { type: 'text/plain' }));
      const options = { bubbles: true, cancelable: true };
      field.dispatchEvent(type === 'drop' ? new DragEvent('drop', { ...options, dataTransfer: files }) : new ClipboardEvent('paste', { ...options, clipboardData: files }));
    }, [type, name] as const);
    await expect(aoife.locator('.file', { hasText: name })).not.toHaveAttribute('aria-busy', 'true');
  }
  await expect(aoife.locator('.file input[name="attachment"]')).toHaveCount(2);
  for (const name of ['dropped.txt', 'pasted.txt']) await aoife.getByRole('button', { name: `Remove ${name}` }).click();
  await expect(aoife.locator('.file input[name="attachment"]')).toHaveCount(0);
  await reply(aoife).fill('');
});

test('an address that is typed and is no chip yet gets the reply too; what is no address holds it', async ({ aoife }) => {
  await newCase(aoife, { from: 'Ida <ida@typed.example>', subject: 'Copy my boss', text: 'Please.' });
  await aoife.keyboard.press('r');
  await reply(aoife).fill('A copy goes to your boss.');
  await aoife.getByRole('button', { name: 'Cc', exact: true }).click();
  const cc = aoife.getByLabel('Add a copy');
  await cc.fill('boss at typed');
  await cc.press('Control+Enter');
  await expect(cc).toHaveAttribute('aria-invalid', 'true');
  await expect(reply(aoife)).toHaveValue('A copy goes to your boss.');
  await cc.fill('boss@typed.example');
  await cc.press('Control+Enter');
  await expect(reply(aoife)).toHaveValue('');
  await expect(aoife.locator('.entry[data-kind="reply"]')).toContainText('boss@typed.example');
});

test('a reply for a later hour that was stopped goes at that hour, not at once', async ({ aoife, browser }) => {
  const number = await newCase(aoife, { from: 'Joe <joe@stopped.example>', subject: 'On Monday, please', text: 'Not now.' });
  await aoife.keyboard.press('r');
  await reply(aoife).fill('Good morning, Joe.');
  await kept(aoife);
  await noteBy(browser, 'lukasz', number, 'Joe has rung me');
  await aoife.keyboard.press('Control+Shift+Enter');
  await aoife.getByRole('dialog', { name: 'Send later' }).getByRole('menuitem', { name: /Monday/ }).click();
  await aoife.getByRole('button', { name: 'Send as it is' }).click();
  await expect(aoife.locator('.undo')).toContainText('Stops if the case changes');
});

test('what is begun after a reply stays when that is taken back, and its files come back with it', async ({ aoife }) => {
  await newCase(aoife, { from: 'Kay <kay@begun.example>', subject: 'Two answers', text: 'Hello.' });
  await aoife.keyboard.press('r');
  await aoife.locator('file-drop input[type="file"]').setInputFiles([{ name: 'first.txt', mimeType: 'text/plain', buffer: Buffer.from('one') }]);
  await expect(aoife.locator('[data-files] .file input')).toHaveCount(1);
  await reply(aoife).fill('The first answer.');
  await aoife.keyboard.press('Control+Shift+Enter');
  await aoife.getByRole('dialog', { name: 'Send later' }).getByRole('menuitem', { name: /Monday/ }).click();
  await expect(reply(aoife)).toHaveValue('');
  await expect(aoife.locator('[data-files] .file')).toHaveCount(0);
  await reply(aoife).fill('The second answer.');
  await kept(aoife);
  await aoife.getByRole('button', { name: 'Take it back' }).click();
  await expect(reply(aoife)).toHaveValue('The second answer.\n\nThe first answer.');
  await expect(aoife.locator('[data-files] .file')).toContainText('first.txt');
  await kept(aoife);
  await aoife.reload();
  await expect(reply(aoife)).toHaveValue('The second answer.\n\nThe first answer.');
});

test('a text that is changed after its sending failed goes as it was changed, once', async ({ browser }) => {
  const page = await at(browser, 'lukasz');
  await newCase(page, { from: 'Ola <ola@broken.example>', subject: 'Half a sentence', text: 'Hello.' });
  await page.keyboard.press('r');
  await reply(page).fill('The first half.');
  await kept(page);
  await page.route('**/replies', async (route) => {
    await route.fetch(); // the desk has it, and its answer is lost
    await route.abort();
  }, { times: 1 });
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('desk-toast')).toContainText('Not sent');
  await reply(page).pressSequentially(' And the second.');
  await page.keyboard.press('Control+Enter');
  await expect(reply(page)).toHaveValue('');
  await expect(page.locator('.entry[data-kind="reply"]', { hasText: 'And the second.' })).toBeVisible();
  await page.context().close();
});
