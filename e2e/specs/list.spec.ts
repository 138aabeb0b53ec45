import { deliver, type Mail } from '../support/desk';
import { at, expect, live, openCase, test } from '../support/pages';
import type { Page } from '@playwright/test';

const toasts = (page: Page) => page.locator('desk-toast');
const bar = (page: Page) => page.locator('.bulk');
const row = (page: Page, subject: string) => page.locator('.row-wrap', { hasText: subject });

/** Cases of one word, alone in a list. */
async function casesOf(page: Page, word: string, many: number): Promise<void> {
  for (let at = 1; at <= many; at += 1) await deliver({ from: `Kim <kim@${word}.example>`, subject: `${word} number ${at}`, text: 'Hello.' });
  await expect(async () => {
    await page.goto(`/views/all?q=${word}&sort=oldest`);
    await expect(page.locator('.case-row')).toHaveCount(many, { timeout: 1_000 });
  }).toPass();
  await live(page);
}

/** Hands a mail over and waits until its case is there, whatever the page shows. */
async function filed(page: Page, mail: Mail): Promise<void> {
  await deliver(mail);
  await expect.poll(async () => (await page.request.get('/views/open')).text()).toContain(mail.subject);
}

test('cases are picked by pointer, by range and by key, and changed together', async ({ aoife }) => {
  await casesOf(aoife, 'quokka', 4);
  const boxes = aoife.locator('.pick input');
  await boxes.nth(0).click();
  await boxes.nth(2).click({ modifiers: ['Shift'] });
  await expect(bar(aoife)).toContainText('3 cases');
  await aoife.keyboard.press('Shift+P');
  await aoife.getByRole('menuitem', { name: 'Critical' }).click();
  await expect(toasts(aoife)).toContainText('3 cases have another priority');
  await expect(bar(aoife)).toBeHidden();
  await expect(aoife.locator('.row-wrap .badge.bad', { hasText: 'critical' })).toHaveCount(3);
  await aoife.keyboard.press('Shift+X');
  await expect(bar(aoife)).toContainText('4 cases');
  await aoife.keyboard.press('t');
  await aoife.getByRole('dialog', { name: 'Tag' }).getByLabel('Tag').fill('marsupial');
  await aoife.keyboard.press('Enter');
  await expect(toasts(aoife)).toContainText('4 cases have the tag');
  await aoife.goto('/views/all?q=tag:marsupial');
  await expect(aoife.locator('.case-row')).toHaveCount(4);
});

test('what was solved together is taken back together', async ({ aoife }) => {
  await casesOf(aoife, 'wombat', 2);
  await aoife.goto('/views/open?q=wombat');
  await live(aoife);
  await aoife.keyboard.press('Shift+X');
  await aoife.keyboard.press('s');
  await expect(toasts(aoife)).toContainText('2 cases are solved');
  await expect(aoife.locator('.case-row')).toHaveCount(0);
  await aoife.keyboard.press('z');
  await expect(toasts(aoife)).toContainText('2 cases are open');
  await expect(aoife.locator('.case-row')).toHaveCount(2);
});

test('a filter is kept as a view for all, and counts as it changes', async ({ aoife, browser }) => {
  await casesOf(aoife, 'numbat', 1);
  await aoife.getByRole('button', { name: 'Filter (F)' }).click();
  await aoife.getByLabel('Keep it as a view named').fill('Numbats');
  await aoife.getByLabel('For all agents').check();
  await aoife.getByRole('button', { name: 'Keep' }).click();
  await expect(aoife.locator('#list-count')).toHaveText('1');
  const lukasz = await at(browser, 'lukasz');
  await lukasz.goto('/views/mine');
  const link = lukasz.locator('.rail-link', { hasText: 'Numbats' });
  await expect(link.locator('.count')).toHaveText('1');
  await live(lukasz);
  await deliver({ from: 'Kim <kim@numbat.example>', subject: 'numbat once more', text: 'Hello.' });
  await expect(link.locator('.count')).toHaveText('2');
  await lukasz.context().close();
});

test('a new case comes into an open list by itself', async ({ aoife }) => {
  await aoife.goto('/views/unassigned');
  await live(aoife);
  await deliver({ from: 'Pat <pat@new.example>', subject: 'Came while the list was open', text: 'Hello.' });
  await expect(row(aoife, 'Came while the list was open')).toBeVisible();
});

test('the palette goes to organisations, views and settings', async ({ aoife }) => {
  await openCase(aoife, 'Folder monitor stops');
  const ask = async (words: string) => {
    await aoife.keyboard.press('Control+k');
    await aoife.locator('.palette input').fill(words);
  };
  await ask('audit');
  await aoife.getByRole('option', { name: 'Audit' }).click();
  await expect(aoife.getByRole('heading', { name: 'Audit' })).toBeVisible();
  await live(aoife);
  await ask('unconfirmed');
  await aoife.getByRole('option', { name: /Unconfirmed/ }).click();
  await expect(aoife.locator('.pane-head h2').first()).toHaveText('Unconfirmed');
});

test('every field of a case has its key', async ({ aoife }) => {
  await openCase(aoife, 'Folder monitor stops');
  for (const [key, menu] of [['Shift+P', 'Priority'], ['Shift+K', 'Kind'], ['Shift+T', 'Team']] as const) {
    await aoife.keyboard.press(key);
    await expect(aoife.getByRole('menu', { name: menu })).toBeVisible();
    await aoife.keyboard.press('Escape');
  }
  for (const [key, dialog] of [['Shift+M', /^Merge/], ['Shift+L', /^Link/], ['Shift+E', /^Subject/]] as const) {
    await aoife.keyboard.press(key);
    await expect(aoife.getByRole('dialog', { name: dialog })).toBeVisible();
    await aoife.keyboard.press('Escape');
    await aoife.keyboard.press('Escape');
    await expect(aoife.getByRole('dialog', { name: dialog })).toBeHidden();
  }
  await aoife.keyboard.press('Shift+W');
  await expect(aoife.locator('.panel')).toContainText('Watching');
  await aoife.keyboard.press('Shift+W');
  await expect(aoife.locator('.panel')).not.toContainText('Watching');
});

test('a case that moves in the list while it is clicked is opened all the same', async ({ aoife }) => {
  const mail = { from: 'Una <una@moving.example>', subject: 'Moves under the pointer', text: 'Hello.', id: 'moves-1@moving.example' };
  await filed(aoife, mail);
  await filed(aoife, { from: 'Una <una@moving.example>', subject: 'Came after it', text: 'Hello.' });
  await aoife.goto('/views/open');
  await live(aoife);
  const row = aoife.locator('.case-row', { hasText: mail.subject });
  await row.hover();
  const answered = aoife.waitForResponse(/\/rows\/\d+\?/);
  await aoife.mouse.down();
  await deliver({ from: mail.from, subject: `Re: ${mail.subject}`, text: 'More.', answers: mail.id });
  await (await answered).finished();
  await aoife.evaluate(() => new Promise(requestAnimationFrame));
  await aoife.mouse.up();
  await expect(aoife.locator('.case-title')).toContainText(mail.subject);
});

test('a case that came before the line was there is shown all the same', async ({ aoife }) => {
  let connect = () => {};
  const held = new Promise<void>((free) => (connect = free));
  await aoife.routeWebSocket('/live', async (socket) => {
    await held;
    socket.connectToServer();
  });
  await aoife.goto('/views/open');
  await filed(aoife, { from: 'Vera <vera@early.example>', subject: 'Before the line', text: 'Hello.' });
  await expect(aoife.locator('.case-row', { hasText: 'Before the line' })).toHaveCount(0);
  connect();
  await expect(aoife.locator('.case-row', { hasText: 'Before the line' })).toBeVisible();
});

test('a case that came while the page was on its way is shown all the same', async ({ aoife }) => {
  const told = new Promise<void>((free) => {
    aoife.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => String(payload).includes('"kind":"opened"') && free()));
  });
  await aoife.goto('/organisations');
  await live(aoife);
  await aoife.route('/views/open', async (route) => {
    const page = await route.fetch();
    await filed(aoife, { from: 'Wim <wim@early.example>', subject: 'On the way', text: 'Hello.' });
    await told;
    await route.fulfill({ response: page });
  });
  await aoife.keyboard.press('g');
  await aoife.keyboard.press('a');
  await expect(aoife.locator('.case-row', { hasText: 'On the way' })).toBeVisible();
});
