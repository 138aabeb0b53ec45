import AxeBuilder from '@axe-core/playwright';
import { createServer } from 'node:http';
import type { Browser, Page } from '@playwright/test';
import { deliver, origin, ports, site } from '../support/desk';
import { expect, live, newCase, openCase, reply, test } from '../support/pages';
import { sentMail } from '../support/relay';

/** A customer's browser, which runs no scripts unless it is said. */
async function customer(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  return (await browser.newContext({ javaScriptEnabled: false, ...options })).newPage();
}

async function fill(page: Page, description: string, address: string): Promise<void> {
  await page.goto('/support/new');
  await page.getByLabel('Your name').fill('Noor Haddad');
  await page.getByLabel('Mail address').fill(address);
  await page.getByText('Problem', { exact: true }).click();
  await page.getByLabel('Version').fill('5.1');
  await page.getByLabel('Description').fill(description);
}

/** Logs in by the link that was mailed. */
async function logIn(page: Page, address: string): Promise<void> {
  const links = async () => sentMail().filter((mail) => mail.includes(`To: ${address}`)).flatMap((mail) => mail.match(/\/portal\/login\/[\w-]+/g) ?? []);
  const before = (await links()).length;
  await page.goto('/portal');
  await page.getByLabel('Mail address').fill(address);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByRole('heading', { name: 'Look into your mail' })).toBeVisible();
  await expect.poll(async () => (await links()).length).toBeGreaterThan(before);
  await page.goto((await links()).at(-1) ?? '');
  await page.getByRole('button', { name: 'Show my cases' }).click();
}

async function accessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect.soft(violations.map(({ id, nodes }) => `${where} ${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`)).toEqual([]);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect.soft(over, `${where} is not wider than its window`).toBeLessThanOrEqual(0);
}

test('a prospect without scripts writes, is held for a look, and answers behind the private link', async ({ aoife, browser }) => {
  const page = await customer(browser);
  await fill(page, 'No partner can connect since Friday.', 'noor@haddad.example');
  await page.getByLabel('Mail address').fill('nobody');
  await page.getByLabel('Logs and files').setInputFiles({ name: 'server.log', mimeType: 'text/plain', buffer: Buffer.from('10:00 refused') });
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('alert')).toContainText('Please look at the mail address');
  await expect(page.getByText('Choose your files again')).toContainText('server.log');
  await expect(page.getByLabel('Description')).toHaveValue('No partner can connect since Friday.');
  await page.getByLabel('Mail address').fill('noor@haddad.example');
  await page.getByLabel('Logs and files').setInputFiles({ name: 'server.log', mimeType: 'text/plain', buffer: Buffer.from('10:00 refused') });
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('heading', { name: 'Your message waits for a look' })).toBeVisible();
  await aoife.goto('/settings/form');
  await aoife.locator('article', { hasText: 'No partner can connect' }).getByRole('button', { name: 'Release' }).click();
  await expect(aoife.locator('.case-title')).toHaveText('No partner can connect since Friday.');
  await expect(aoife.locator('.entry', { hasText: 'Version: 5.1' })).toContainText('address not proven');
  await live(aoife);
  const link = async () => sentMail().filter((mail) => mail.includes('noor@haddad.example')).flatMap((mail) => mail.match(/\/case\/[\w-]+/g) ?? []).at(-1);
  await expect.poll(link).toBeTruthy();
  const answer = await page.goto((await link()) ?? '');
  expect(answer?.headers()['referrer-policy']).toBe('no-referrer');
  await page.getByLabel('Your answer').fill('It is the whole cluster.');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.locator('.msg', { hasText: 'It is the whole cluster.' })).toContainText('You');
  await expect(aoife.locator('.entry', { hasText: 'It is the whole cluster.' })).toBeVisible();
  const file = page.waitForEvent('download');
  await page.getByRole('link', { name: 'server.log' }).click();
  expect((await file).suggestedFilename()).toBe('server.log');
  await page.context().close();
});

test('a customer logs in by a mailed link, answers, and the agent sees it come in', async ({ aoife, browser }) => {
  test.slow(); // It waits for the seconds of the undo.
  const address = 'zoe@harbour.example';
  await deliver({ from: `Other <other@harbour.example>`, subject: 'Not for Zoe', text: 'Other matters.' });
  await newCase(aoife, { from: `Zoe Harbour <${address}>`, subject: 'Nothing moves since noon', text: 'Since noon.' });
  const page = await customer(browser);
  await logIn(page, address);
  await expect(page.getByText('Not for Zoe')).toHaveCount(0);
  await page.getByRole('link', { name: 'Nothing moves since noon' }).click();
  await expect(page.locator('.msg')).toContainText('Since noon.');
  await page.getByLabel('Your answer').fill('Now it moves again.');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(aoife.locator('.entry', { hasText: 'Now it moves again.' })).toBeVisible();
  await aoife.keyboard.press('r');
  await reply(aoife).fill('Good. We **close** it then.');
  await aoife.keyboard.press('Control+Enter');
  await expect(aoife.locator('.entry[data-kind="reply"] .sent').last()).toContainText('Taken by the mail server', { timeout: 25_000 });
  await page.reload();
  await expect(page.locator('.msg.ours strong')).toHaveText('close');
  await page.getByRole('button', { name: 'This is solved' }).click();
  await expect(page.locator('.facts')).toContainText('Solved');
  await expect(aoife.locator('.entry', { hasText: 'that it is solved' })).toContainText('Zoe Harbour');
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.goto('/portal');
  await expect(page.getByRole('button', { name: 'Send the link' })).toBeVisible();
  await page.context().close();
});

test('a customer sees what the page of the organisation lets them see, and opens what they were asked from their case', async ({ aoife, browser }) => {
  test.setTimeout(120_000); // It waits for the seconds of the undo.
  const number = await newCase(aoife, { from: 'Ida Fell <ida@fell.example>', subject: 'Ida waits for her files', text: 'Nothing arrives.' });
  await newCase(aoife, { from: 'Olaf Fell <olaf@fell.example>', subject: 'Olaf cannot log in', text: 'No login.' });
  const page = await customer(browser, { javaScriptEnabled: true });
  await logIn(page, 'ida@fell.example');
  await expect(page.getByRole('link', { name: 'Ida waits for her files' })).toBeVisible();
  await expect(page.getByText('Olaf cannot log in')).toHaveCount(0);
  await aoife.goto(`/cases/${number}`);
  await aoife.getByRole('link', { name: 'fell.example', exact: true }).click();
  const scope = aoife.locator('#organisation-portal');
  await expect(scope).toContainText('Each contact sees the cases that they opened.');
  await scope.getByLabel('all cases of the organisation').check();
  await scope.getByRole('button', { name: 'Keep' }).click();
  await expect(scope).toContainText('Each contact sees all cases of the organisation');
  await page.reload();
  await expect(page.getByRole('link', { name: 'Olaf cannot log in' })).toBeVisible();
  const installations = aoife.locator('section', { has: aoife.locator('#installations-title') });
  await installations.getByText('Add an installation').click();
  await installations.getByLabel('What they call it').fill('Fell site');
  await installations.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(aoife.getByRole('heading', { name: 'Fell site' })).toBeVisible();
  await aoife.goto(`/cases/${number}`);
  await live(aoife);
  await aoife.locator('[data-verdict="Details"]').getByRole('button', { name: 'Ask for what is missing' }).click();
  await expect(reply(aoife)).toHaveValue(/\{\{private link\}\}/);
  await aoife.keyboard.press('Control+Enter');
  await expect(aoife.locator('.entry[data-kind="reply"] .sent').last()).toContainText('Taken by the mail server', { timeout: 25_000 });
  await page.goto(`/portal/cases/${number}`);
  await expect(page.getByRole('heading', { name: 'We ask for details of your installation' })).toBeVisible();
  await accessible(page, 'a case with a form');
  await page.getByRole('button', { name: 'Open the form' }).click();
  await expect(page.getByRole('heading', { name: 'Details of your installation' })).toBeVisible();
  await aoife.goto('/calls/new');
  await aoife.getByLabel('Caller', { exact: true }).pressSequentially('Ida Fell');
  await aoife.getByRole('option', { name: 'Ida Fell' }).first().click();
  await aoife.getByLabel('Summary', { exact: true }).fill('Ida called about the night job.');
  await aoife.getByRole('button', { name: 'Send my summary' }).click();
  await expect(aoife.locator('.case-title')).toContainText('Ida called about the night job.');
  await page.goto('/portal');
  await page.getByRole('link', { name: 'Ida called about the night job.' }).click();
  await expect(page.getByRole('heading', { name: 'Please confirm what we wrote down' })).toBeVisible();
  await page.getByRole('button', { name: 'Open the page' }).click();
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByText('You have confirmed the summary.')).toBeVisible();
  await page.context().close();
});

test('another site shows the form by one line, and a browser with scripts does the work unseen', async ({ aoife, browser }) => {
  const server = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end(`<!doctype html><title>Shop</title><h1>Help</h1><script src="${origin}/support/form.js"></script>`));
  await new Promise<void>((ready) => server.listen(ports.site, '127.0.0.1', ready));
  const page = await customer(browser, { javaScriptEnabled: true });
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (message) => void (/Content.Security.Policy/i.test(message.text()) && faults.push(message.text())));
  await page.goto(site);
  const form = page.frameLocator('iframe[title="Write to support"]');
  await form.getByLabel('Your name').fill('Iris Vogel');
  await form.getByLabel('Mail address').fill('iris@vogel.example');
  await form.getByText('Question', { exact: true }).click();
  await form.getByLabel('Description').fill('Does it run on AIX?');
  await form.getByRole('button', { name: 'Send' }).click();
  await expect(form.getByRole('heading', { name: /^Your case is CD-/ })).toBeVisible();
  await expect.poll(async () => Number(await page.locator('iframe').getAttribute('height'))).toBeLessThan(700);
  expect(faults).toEqual([]);
  await openCase(aoife, 'Does it run on AIX?');
  await expect(aoife.locator('.entry', { hasText: 'Does it run on AIX?' })).toBeVisible();
  server.close();
  await page.context().close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the form and the customers' pages are accessible and fit a phone, ${colorScheme}`, async ({ browser }) => {
    const address = `axe-${colorScheme}@harbour.example`;
    const page = await customer(browser, { colorScheme, javaScriptEnabled: true, viewport: { width: 390, height: 844 } });
    await page.goto('/support/new');
    await accessible(page, 'the form');
    await page.getByRole('button', { name: 'Send' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await accessible(page, 'the form with faults');
    await fill(page, `Looks at all pages in ${colorScheme}.`, address);
    await page.getByRole('button', { name: 'Send' }).click();
    await expect(page.getByRole('heading', { name: /^Your case is CD-/ })).toBeVisible();
    await accessible(page, 'the answer');
    await page.locator('.secret a').click();
    await expect(page.getByLabel('Your answer')).toBeVisible();
    await accessible(page, 'the private link');
    await page.goto('/portal');
    await accessible(page, 'the login');
    await logIn(page, address);
    await expect(page.getByRole('link', { name: 'Looks at all pages' })).toBeVisible();
    await accessible(page, 'the cases');
    await page.getByRole('link', { name: 'Looks at all pages' }).click();
    await expect(page.getByLabel('Your answer')).toBeVisible();
    await accessible(page, 'a case');
    await page.goto('/portal/cases/999999');
    await accessible(page, 'a case that is not there');
    await page.context().close();
  });
}
