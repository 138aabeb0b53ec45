import { deliver } from '../support/desk';
import { sentMail } from '../support/relay';
import { at, expect, kept, live, newCase, note, noteBy, openCase, reply, state, test } from '../support/pages';

test('a case is read, answered, and the answer leaves the desk', async ({ aoife }) => {
  await newCase(aoife, { from: 'Ann <ann@first.example>', subject: 'The service does not start', text: 'Since this morning.' });
  await aoife.keyboard.press('r');
  await reply(aoife).fill('Please send the **server log**.');
  await aoife.keyboard.press('Control+Enter');
  await expect(aoife.locator('.undo')).toContainText('Goes to Ann in');
  await expect(reply(aoife)).toHaveValue('');
  const entry = aoife.locator('.entry[data-kind="reply"]').last();
  await expect(entry.locator('strong')).toHaveText('server log');
  await expect(aoife.locator('#rail-views')).toContainText('Mine');
  await expect(entry.locator('.sent')).toContainText('Taken by the mail server', { timeout: 25_000 });
  await expect(aoife.locator('.undo')).toHaveCount(0);
  expect(sentMail().some((mail) => mail.includes('ann@first.example') && mail.includes('server log'))).toBe(true);
});

test('a reply is stopped when somebody else wrote meanwhile, and nothing of it is lost', async ({ aoife, browser }) => {
  const number = await newCase(aoife, { from: 'Ben <ben@second.example>', subject: 'Two agents at once', text: 'Help.' });
  await aoife.keyboard.press('r');
  await reply(aoife).fill('I will look at it.');
  await kept(aoife);
  await noteBy(browser, 'lukasz', number, 'Ben has rung me, it is solved.');
  await aoife.keyboard.press('Control+Enter');
  const stop = aoife.getByRole('alert').filter({ hasText: 'Not sent: the case changed' });
  await expect(stop).toContainText('Ben has rung me');
  await expect(aoife.getByRole('button', { name: 'Keep writing' })).toBeFocused();
  await expect(reply(aoife)).toHaveValue('I will look at it.');
  await reply(aoife).press('Control+Enter');
  await expect(stop).toBeVisible();
  await aoife.getByRole('button', { name: 'Keep writing' }).click();
  await expect(reply(aoife)).toBeFocused();
  await reply(aoife).fill('Good to hear that it is solved.');
  await aoife.keyboard.press('Control+Enter');
  await expect(aoife.locator('.entry[data-kind="reply"]')).toContainText('Good to hear');
});

test('undo gives the words back', async ({ aoife }) => {
  await newCase(aoife, { from: 'Cem <cem@third.example>', subject: 'Sent too early', text: 'Hello.' });
  await aoife.keyboard.press('r');
  await reply(aoife).fill('Dear Cem,\n\nthis is half a');
  await aoife.keyboard.press('Control+Enter');
  await expect(aoife.locator('.undo')).toBeVisible();
  await aoife.locator('.case-title').click();
  await aoife.keyboard.press('z');
  await expect(reply(aoife)).toHaveValue('Dear Cem,\n\nthis is half a');
  await expect(aoife.locator('.entry[data-kind="reply"]')).toHaveCount(0);
  expect(sentMail().some((mail) => mail.includes('this is half a'))).toBe(false);
});

test('solving can be taken back from the toast', async ({ aoife }) => {
  await newCase(aoife, { from: 'Dee <dee@fourth.example>', subject: 'Solved by mistake', text: 'Hello.' });
  await aoife.keyboard.press('s');
  await expect(state(aoife)).toHaveText('Solved');
  await expect(aoife.locator('.desk-toast, desk-toast')).toContainText('is solved');
  await aoife.locator('.case-title').click();
  await aoife.keyboard.press('z');
  await expect(state(aoife)).toHaveText('Open');
});

test('two agents see each other at work', async ({ aoife, browser }) => {
  const number = await openCase(aoife, 'Folder monitor stops');
  const lukasz = await at(browser, 'lukasz');
  await lukasz.goto(`/cases/${number}`);
  await live(lukasz);
  await expect(aoife.locator(`[data-presence="${number}"]`)).toHaveAttribute('aria-label', /Łukasz Wiśniewski/);
  await lukasz.keyboard.press('i');
  await note(lukasz).pressSequentially('thinking');
  await expect(aoife.locator('.presence')).toContainText('Łukasz Wiśniewski is writing');
  await lukasz.context().close();
});

test('a mail is shown as it was sent without asking anybody else', async ({ aoife }) => {
  const asked: string[] = [];
  aoife.on('request', (request) => asked.push(request.url()));
  await openCase(aoife, 'All SFTP partners refused');
  await aoife.getByText('As it was sent').click();
  await expect(aoife.frameLocator('mail-frame iframe').locator('b')).toHaveText('evening');
  expect(asked.filter((url) => url.includes('elsewhere.example'))).toEqual([]);
});

test('what is refused is told beside the page, and nothing typed is lost', async ({ aoife }) => {
  await openCase(aoife, 'Folder monitor stops');
  await reply(aoife).fill('Half a sentence');
  await aoife.getByRole('button', { name: 'More actions' }).click();
  await aoife.getByRole('menuitem', { name: 'Link to…' }).click();
  await aoife.getByLabel('The other case').fill('CD-999999');
  await aoife.getByRole('dialog').getByRole('button', { name: 'Link', exact: true }).click();
  await expect(aoife.locator('desk-toast')).toContainText('There is no such case');
  await expect(aoife.getByLabel('The other case')).toHaveValue('CD-999999');
  await aoife.keyboard.press('Escape');
  await expect(reply(aoife)).toHaveValue('Half a sentence');
  await reply(aoife).fill('');
});

test('a case is merged into another and taken out again', async ({ aoife }) => {
  const root = await newCase(aoife, { from: 'Kim <kim@merge.example>', subject: 'The one that goes on', text: 'First mail.' });
  await newCase(aoife, { from: 'Kim <kim@merge.example>', subject: 'The same again', text: 'Second mail.' });
  await aoife.getByRole('button', { name: 'More actions' }).click();
  await aoife.getByRole('menuitem', { name: 'Merge into…' }).click();
  await aoife.getByLabel('The case that goes on').fill(`CD-${root}`);
  await aoife.getByRole('dialog').getByRole('button', { name: 'Merge', exact: true }).click();
  await expect(aoife.locator('.case-title')).toHaveText('The one that goes on');
  await expect(aoife.locator('.entry', { hasText: 'Second mail.' })).toBeVisible();
  await aoife.locator('.entry', { hasText: 'merged' }).getByRole('button', { name: 'Undo' }).click();
  await expect(aoife.locator('.case-title')).toHaveText('The same again');
});

test('messages are picked by keyboard for a case of their own, and come back', async ({ aoife }) => {
  const number = await newCase(aoife, { from: 'Lea <lea@split.example>', subject: 'Two things in one', text: 'First thing.', id: 'split-1@split.example' });
  await deliver({ from: 'Lea <lea@split.example>', subject: 'Re: Two things in one', text: 'And a second thing.', answers: 'split-1@split.example' });
  await expect(aoife.locator('.entry', { hasText: 'And a second thing.' })).toBeVisible();
  await aoife.keyboard.press('b');
  await expect(aoife.getByRole('heading', { name: `Split CD-${number}` })).toBeVisible();
  await aoife.getByLabel('Subject of the new case').fill('The second thing');
  await aoife.getByRole('button', { name: 'Split' }).click();
  await expect(aoife.locator('desk-toast')).toContainText('Pick at least one message');
  await expect(aoife.getByLabel('Subject of the new case')).toHaveValue('The second thing');
  await aoife.getByLabel('Subject of the new case').focus();
  for (const key of ['Tab', 'Tab', 'Space', 'Tab', 'Enter']) await aoife.keyboard.press(key);
  await expect(aoife.locator('.case-title')).toHaveText('The second thing');
  await expect(aoife.locator('.entry', { hasText: 'And a second thing.' })).toBeVisible();
  await expect(aoife.locator('.entry', { hasText: 'First thing.' })).toHaveCount(0);
  await aoife.locator('.entry', { hasText: 'moved these messages here' }).getByRole('button', { name: 'Undo' }).click();
  await expect(aoife.locator('.case-title')).toHaveText('Two things in one');
  await expect(aoife.locator('.entry', { hasText: 'And a second thing.' })).toBeVisible();
});

test('a case is written up, looked over, and handed over with the note', async ({ aoife }) => {
  await newCase(aoife, { from: 'Hal <hal@handed.example>', subject: 'The queue is stuck', text: 'It holds 40 files.' });
  await aoife.keyboard.press('i');
  await note(aoife).fill('My own words first.');
  await kept(aoife);
  await note(aoife).press('Escape');
  await aoife.keyboard.press('h');
  await expect(note(aoife)).toHaveValue(/^My own words first\.\n\n\*\*Hand-over of CD-\d+: The queue is stuck\*\*/);
  await expect(note(aoife)).toHaveValue(/Not answered: Hal, .*“It holds 40 files\.”/);
  const text = await note(aoife).inputValue();
  await note(aoife).press('Escape');
  await aoife.keyboard.press('h');
  await expect(note(aoife)).toBeFocused();
  await expect(note(aoife)).toHaveValue(text);
  await expect(aoife.locator('.entry[data-kind="note"]')).toHaveCount(0);
  await aoife.getByLabel('Hand over to').selectOption({ label: 'Łukasz Wiśniewski' });
  await aoife.getByRole('button', { name: 'Hand over Ctrl ↵' }).click();
  await expect(aoife.locator('.entry[data-kind="note"]')).toContainText('My own words first.');
  await expect(aoife.locator('.entry[data-kind="note"] strong').first()).toContainText('Hand-over of');
  await expect(aoife.locator('[popovertarget="agent-menu"]')).toContainText('Łukasz Wiśniewski');
  await expect(aoife.getByLabel('Hand over to')).toHaveValue('');
});
