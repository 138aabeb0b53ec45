import { deliver } from '../support/desk';
import { at, expect, kept, live, newCase, note, openCase, reply, test } from '../support/pages';

test('a draft, its caret and its focus survive a live refresh', async ({ aoife }) => {
  await newCase(aoife, { from: 'Eli <eli@live.example>', subject: 'Writing while it changes', text: 'First.', id: 'live-1@live.example' });
  await aoife.keyboard.press('r');
  await reply(aoife).pressSequentially('Dear Eli, we have found');
  await reply(aoife).press('ArrowLeft');
  await deliver({ from: 'Eli <eli@live.example>', subject: 'Re: Writing while it changes', text: 'One more thing from Eli.', answers: 'live-1@live.example' });
  await expect(aoife.locator('.entry', { hasText: 'One more thing from Eli.' })).toBeVisible();
  await expect(reply(aoife)).toBeFocused();
  await reply(aoife).pressSequentially('!');
  await expect(reply(aoife)).toHaveValue('Dear Eli, we have foun!d');
});

test('a draft survives a reload and a change of page', async ({ aoife }) => {
  await newCase(aoife, { from: 'Flo <flo@reload.example>', subject: 'Closed by accident', text: 'Hello.' });
  await aoife.keyboard.press('r');
  await reply(aoife).fill('A long and careful answer');
  await aoife.reload(); // at once: nothing was kept by then
  await expect(reply(aoife)).toHaveValue('A long and careful answer');
  await kept(aoife);
  await reply(aoife).fill('A long and careful answer, part two');
  await openCase(aoife, 'Folder monitor stops');
  await openCase(aoife, 'Closed by accident');
  await expect(reply(aoife)).toHaveValue('A long and careful answer, part two');
});

test('a note and a reply are two texts', async ({ aoife }) => {
  await newCase(aoife, { from: 'Gus <gus@two.example>', subject: 'Two texts', text: 'Hello.' });
  await aoife.keyboard.press('r');
  await reply(aoife).fill('To the customer');
  await aoife.getByRole('tab', { name: 'Note' }).click();
  await note(aoife).fill('Between us');
  await aoife.keyboard.press('Control+Enter');
  await expect(aoife.locator('.entry[data-kind="note"]')).toContainText('Between us');
  await expect(aoife.locator('.entry[data-kind="reply"]')).toHaveCount(0);
  await expect(reply(aoife)).toHaveValue('To the customer');
});

test('without a connection the draft is kept here, and goes to the desk when it is back', async ({ aoife }) => {
  const number = await newCase(aoife, { from: 'Hal <hal@offline.example>', subject: 'On the train', text: 'Hello.' });
  await aoife.keyboard.press('r');
  await aoife.context().setOffline(true);
  await reply(aoife).fill('Written in a tunnel');
  await expect(aoife.locator('.saved')).toHaveText('Kept on this computer');
  await aoife.context().setOffline(false);
  await kept(aoife);
  await aoife.evaluate(() => localStorage.clear());
  await aoife.goto(`/cases/${number}`);
  await expect(reply(aoife)).toHaveValue('Written in a tunnel');
});

test('a file goes up with the reply, and can be taken off again', async ({ aoife }) => {
  await newCase(aoife, { from: 'Ida <ida@files.example>', subject: 'With a file', text: 'Hello.' });
  await aoife.locator('file-drop input[type="file"]').setInputFiles([
    { name: 'steps.txt', mimeType: 'text/plain', buffer: Buffer.from('one\ntwo\n') },
    { name: 'wrong.txt', mimeType: 'text/plain', buffer: Buffer.from('no') },
  ]);
  await expect(aoife.locator('[data-files] .file input')).toHaveCount(2);
  await aoife.getByRole('button', { name: 'Remove wrong.txt' }).click();
  await reply(aoife).fill('See the file.');
  await aoife.locator('[data-key="send"]').click();
  const entry = aoife.locator('.entry[data-kind="reply"]').last();
  await expect(entry.locator('.file')).toHaveCount(1);
  await expect(entry.locator('.file')).toContainText('steps.txt');
});

test('a blind copy is asked for, kept with the draft, and gone from the next reply', async ({ aoife }) => {
  await newCase(aoife, { from: 'Mia <mia@blind.example>', subject: 'With a hidden reader', text: 'Hello.' });
  const bcc = aoife.getByLabel('Add a blind copy');
  await expect(bcc).toBeHidden();
  await aoife.getByRole('button', { name: 'Bcc' }).click();
  await expect(bcc).toBeFocused();
  await bcc.fill('boss@desk.example');
  await bcc.press('Enter');
  await reply(aoife).fill('Only you and somebody else.');
  await kept(aoife);
  await aoife.evaluate(() => localStorage.clear());
  await aoife.reload();
  await expect(aoife.locator('[data-name="bcc"] .chip')).toContainText('boss@desk.example');
  await reply(aoife).press('Control+Enter');
  const entry = aoife.locator('.entry[data-kind="reply"]').last();
  await expect(entry).toContainText('Bcc boss@desk.example');
  await expect(aoife.locator('[data-name="bcc"] .chip')).toHaveCount(0);
  await aoife.locator('.case-title').click();
  await aoife.keyboard.press('z');
  await expect(aoife.locator('[data-name="bcc"] .chip')).toContainText('boss@desk.example');
  await reply(aoife).fill('');
});

test('two devices write the same draft: both are shown, and nothing is lost', async ({ aoife, browser }) => {
  const number = await newCase(aoife, { from: 'Nia <nia@devices.example>', subject: 'On two devices', text: 'Hello.' });
  await reply(aoife).fill('Written on the laptop');
  await kept(aoife);
  const phone = await at(browser, 'aoife');
  await phone.goto(`/cases/${number}`);
  await live(phone);
  await expect(reply(phone)).toHaveValue('Written on the laptop');
  await reply(phone).fill('Written on the phone');
  await kept(phone);

  await reply(aoife).fill('Written on the laptop, and more');
  const choice = aoife.getByRole('alert').filter({ hasText: 'on another device' });
  await expect(choice).toContainText('A newer draft from');
  await expect(choice).toContainText('Written on the phone');
  await reply(aoife).press('Control+Enter'); // nothing is sent before the choice
  await expect(choice.getByRole('button', { name: 'Take it' })).toBeFocused();
  await reply(aoife).fill('Written on the laptop, and much more');
  await expect(aoife.locator('.saved')).toHaveText('Kept on this computer');
  await aoife.reload(); // and the choice outlives the page
  await expect(reply(aoife)).toHaveValue('Written on the laptop, and much more');
  await expect(choice).toContainText('Written on the phone');
  await choice.getByRole('button', { name: 'Take it' }).click();
  await expect(reply(aoife)).toHaveValue('Written on the phone');
  await aoife.getByRole('button', { name: 'Bring this back' }).click();
  await expect(reply(aoife)).toHaveValue('Written on the laptop, and much more');
  await kept(aoife);

  await reply(phone).fill('Written on the phone, too');
  const there = phone.getByRole('alert').filter({ hasText: 'on another device' });
  await expect(there).toContainText('Written on the laptop, and much more');
  await there.getByRole('button', { name: 'Keep mine' }).click();
  await kept(phone);
  await aoife.reload();
  await expect(reply(aoife)).toHaveValue('Written on the phone, too');
  await expect(choice).toHaveCount(0);

  await reply(phone).fill('Settled');
  await kept(phone);
  await reply(aoife).fill('Not settled');
  await choice.getByRole('button', { name: 'Take it' }).click();
  await kept(aoife);
  await reply(phone).fill('Settled, and one thing more'); // its own words were taken: no clash
  await kept(phone);
  await expect(phone.getByText('on another device')).toHaveCount(0);
  await phone.context().close();
  await reply(aoife).fill('');
});

test('a preview shows the text as it will look, and the text comes back', async ({ aoife }) => {
  await openCase(aoife, 'Can SharePoint be a source?');
  await aoife.keyboard.press('r');
  await reply(aoife).fill('It is **on the road map**.');
  await aoife.getByRole('button', { name: 'Preview' }).click();
  await expect(aoife.locator('.preview strong')).toHaveText('on the road map');
  await aoife.getByRole('button', { name: 'Preview' }).click();
  await expect(reply(aoife)).toBeFocused();
  await expect(reply(aoife)).toHaveValue('It is **on the road map**.');
  await reply(aoife).fill('');
});

test('a template is put in with its fields, and a colleague is named in a note', async ({ aoife }) => {
  await aoife.goto('/settings/templates/new');
  await aoife.getByLabel('Name').fill('Installation details');
  await aoife.getByLabel('Text').fill('Dear {{first name}}, about {{case}}: which version is it?');
  await aoife.getByRole('button', { name: 'Keep the template' }).click();
  await aoife.waitForURL('/settings/templates');
  const number = await openCase(aoife, 'Folder monitor stops');
  await aoife.keyboard.press('r');
  await reply(aoife).fill(''); // other specs write on this case too
  await aoife.keyboard.press('Control+;');
  await aoife.getByPlaceholder('Find a template').fill('details');
  await aoife.getByRole('option', { name: /Installation details/ }).click();
  await expect(reply(aoife)).toHaveValue(`Dear Thandiwe, about CD-${number}: which version is it?`);
  await reply(aoife).fill('');
  await reply(aoife).press('Escape');
  await aoife.keyboard.press('i');
  await note(aoife).pressSequentially('Ask @luk');
  await aoife.getByRole('option', { name: /lukasz@/ }).click();
  await expect(note(aoife)).toHaveValue(/^Ask @lukasz/);
  await note(aoife).fill('');
});

test('a list of templates that is answered anew does not change under a pressed pointer', async ({ aoife }) => {
  await aoife.goto('/settings/templates/new');
  await aoife.getByLabel('Name').fill('Send the log');
  await aoife.getByLabel('Text').fill('Please send us the log of that day.');
  await aoife.getByRole('button', { name: 'Keep the template' }).click();
  await aoife.waitForURL('/settings/templates');
  await openCase(aoife, 'Folder monitor stops');
  await aoife.keyboard.press('r');
  await reply(aoife).fill(''); // other specs write on this case too
  await aoife.keyboard.press('Control+;');
  const option = aoife.getByRole('option', { name: /Send the log/ });
  await option.hover();
  const answered = aoife.waitForResponse(/templates\?q=log/);
  await aoife.getByPlaceholder('Find a template').pressSequentially('log', { delay: 0 });
  await aoife.mouse.down();
  await (await answered).finished();
  await aoife.evaluate(() => new Promise(requestAnimationFrame));
  await aoife.mouse.up();
  await expect(reply(aoife)).toHaveValue('Please send us the log of that day.');
  await reply(aoife).fill('');
});
