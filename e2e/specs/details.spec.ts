// Installation details: asked for by mail, typed into the form behind its link, with a log that is cut off and goes on.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, live, newCase, reply, test } from '../support/pages';
import { deliver } from '../support/desk';
import { sentMail } from '../support/relay';

async function accessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).exclude('mail-frame').analyze();
  expect.soft(violations.map(({ id, nodes }) => `${where} ${id}: ${nodes.map(({ target }) => target.join(' ')).slice(0, 4).join(' | ')}`)).toEqual([]);
  const size = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), where).toBeLessThanOrEqual(0);
  if (size) await page.setViewportSize(size);
}

const linkTo = async (address: string) => sentMail().filter((mail) => mail.includes(`To: `) && mail.includes(address)).flatMap((mail) => mail.match(/\/details\/[0-9a-f]{64}/g) ?? []).at(-1);

/** Opens a case of an organisation with a file, asks for what is missing, and gives the link that was mailed. */
async function asked(aoife: Page, who: string, domain: string): Promise<string> {
  const number = await newCase(aoife, { from: `${who} <it@${domain}>`, subject: `Nothing arrives at ${domain}`, text: 'Nothing arrives any more.' });
  await aoife.getByRole('link', { name: domain, exact: true }).click();
  const section = aoife.locator('section', { has: aoife.locator('#installations-title') });
  await section.getByText('Add an installation').click();
  await section.getByLabel('What they call it').fill('Harbour site');
  await section.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(aoife.getByRole('heading', { name: 'Harbour site' })).toBeVisible();
  await aoife.goto(`/cases/${number}`);
  await live(aoife);
  await aoife.locator('[data-verdict="Details"]').getByRole('button', { name: 'Ask for what is missing' }).click();
  await expect(reply(aoife)).toHaveValue(/Product version[\s\S]*\{\{private link\}\}[\s\S]*improve support and the product\.$/);
  await aoife.keyboard.press('Control+Enter');
  await expect(aoife.locator('.entry[data-kind="reply"]', { hasText: 'asks for details' })).toContainText('(a private link)');
  await expect(aoife.locator('[data-sect="asked"]')).toContainText('no answer yet');
  await expect.poll(() => linkTo(`it@${domain}`), { timeout: 20_000 }).toBeTruthy();
  return (await linkTo(`it@${domain}`)) ?? '';
}

test('details are asked for, typed with a log that is cut off and goes on, and are on the case', async ({ aoife, browser }) => {
  test.setTimeout(120_000);
  const link = await asked(aoife, 'Bea Marsh', 'cut-log.example');
  const context = await browser.newContext();
  const bea = await context.newPage();
  await bea.goto(link);
  await expect(bea.getByRole('heading', { name: 'Details of your installation' })).toBeVisible();
  await accessible(bea, 'form');
  await bea.getByLabel('Version of our product').fill('5.8.3');
  await expect(bea.locator('[data-saved]')).toContainText('Kept');
  await expect(aoife.locator('[data-sect="asked"]')).toContainText('1 of');
  const second = await context.newPage();
  await second.goto(link);
  await second.getByLabel('Version of our product').fill('5.9.0');
  await expect(second.locator('[data-saved]')).toContainText('Kept');
  await bea.getByLabel('Version of our product').fill('5.8.4');
  await expect(bea.getByRole('alert')).toContainText('Another page says “5.9.0”');
  await accessible(bea, 'clash');
  await bea.getByRole('button', { name: 'Keep mine' }).click();
  await expect(bea.locator('[data-saved]')).toContainText('Kept');
  await second.close();

  const log = Buffer.from('2027-03-01T08:12:44Z INFO started\n'.repeat(600_000)); // 20 MB: three pieces
  let pieces = 0;
  await bea.route('**/uploads/*', async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    pieces += 1;
    await (pieces === 2 ? route.abort('connectionreset') : route.continue());
  });
  await bea.getByLabel('Choose files').setInputFiles({ name: 'server.log', mimeType: 'text/plain', buffer: log });
  const row = bea.locator('.uploads li', { hasText: 'server.log' });
  await expect(row).toContainText('The connection was lost. It is tried again');
  const sent = () => row.getByRole('progressbar', { name: 'server.log sent' }).evaluate((bar) => (bar as HTMLProgressElement).value);
  expect(await sent()).toBeGreaterThan(0);
  expect(await sent()).toBeLessThan(100);
  await expect(row).toContainText('arrived', { timeout: 30_000 });
  expect(await sent()).toBe(100);
  await accessible(bea, 'file');
  await bea.getByRole('button', { name: 'Send the answers' }).click();
  await expect(bea.getByText('Your answers have come in')).toBeVisible();

  await expect(aoife.locator('[data-sect="asked"]')).toContainText('answered');
  await expect(aoife.locator('[data-log="server.log"]')).toContainText('time stamps');
  await expect(aoife.locator('[data-sect="installation"]')).toContainText('5.8.4');
  await aoife.getByRole('link', { name: 'See the form' }).click();
  await expect(aoife.getByRole('heading', { name: 'Details asked for' })).toBeVisible();
  await expect(aoife.locator('[data-answer="product_version"]')).toContainText('in the file');
  await accessible(aoife, 'forms');
  await aoife.getByRole('button', { name: 'Withdraw the link' }).click();
  await aoife.getByRole('dialog').getByRole('button', { name: 'Withdraw the link' }).click();
  await expect(aoife.getByText('withdrawn')).toBeVisible();
  await bea.reload();
  await expect(bea.getByRole('heading', { name: 'Not Found' })).toBeVisible();
  await context.close();
});

test('a details mail is answered by mail between its questions, and what an agent accepts stands on the installation', async ({ aoife }) => {
  test.setTimeout(90_000);
  const link = await asked(aoife, 'Mira Voss', 'by-mail.example');
  const question = sentMail().find((mail) => mail.includes(link)) ?? '';
  const id = /^Message-ID: <(.+)>/im.exec(question)?.[1];
  const answers = new Map([['Product version', '5.8.3'], ['Operating system name and version', 'RHEL 9.4']]);
  const answered = question.slice(question.indexOf('\r\n\r\n') + 4).split('\r\n').map((line) => {
    const answer = [...answers].find(([words]) => line.includes(words))?.[1];
    return answer ? `> ${line}\n${answer}\n` : `> ${line}`;
  });
  await deliver({ from: 'Mira Voss <it@by-mail.example>', subject: 'Re: Nothing arrives at by-mail.example', text: `See below.\n\nOn Monday, the desk wrote:\n${answered.join('\n')}`, answers: id });
  await expect(aoife.locator('.entry', { hasText: 'See below.' })).toBeVisible();
  await aoife.reload();
  await aoife.getByRole('link', { name: 'Read details from the mail' }).click();
  await expect(aoife.getByLabel('Version to keep', { exact: true })).toHaveValue('5.8.3');
  await expect(aoife.getByLabel('OS version to keep')).toHaveValue('9.4');
  await accessible(aoife, 'proposals');
  await aoife.getByRole('button', { name: 'Keep all of it' }).click();
  const place = aoife.locator('[data-sect="installation"]');
  await expect(place).toContainText('5.8.3');
  await place.getByRole('link', { name: 'Harbour site' }).click();
  await expect(aoife.getByRole('heading', { name: 'Harbour site' })).toBeVisible();
  const history = aoife.locator('section', { has: aoife.locator('#history-title') });
  await expect(history).toContainText('5.8.3');
  await expect(history).toContainText('Mira Voss');
  await expect(history).toContainText('Red Hat Enterprise Linux');
});

test('the form works without scripts: kept for later, sent with a small file', async ({ aoife, browser }) => {
  test.setTimeout(90_000);
  const link = await asked(aoife, 'Noor Haddad', 'no-script.example');
  const noor = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await noor.goto(link);
  await noor.getByLabel('Version of our product').fill('5.8.3');
  await noor.getByRole('button', { name: 'Save and continue later' }).click();
  await expect(noor.getByText('Nothing was sent yet')).toBeVisible();
  await noor.goto(link);
  await expect(noor.getByLabel('Version of our product')).toHaveValue('5.8.3');
  await noor.getByLabel('Choose files').setInputFiles({ name: 'plain.log', mimeType: 'text/plain', buffer: Buffer.from('INFO started\nWARN slow\n') });
  await noor.getByRole('button', { name: 'Send the answers' }).click();
  await expect(noor.getByText('Your answers have come in')).toBeVisible();
  const plain = aoife.locator('[data-log="plain.log"]');
  await expect(plain).toContainText('no time stamps');
  await plain.getByRole('button', { name: 'Ask for it with time stamps' }).click();
  await expect(reply(aoife)).toHaveValue(/the one that came has no time stamps/);
  await noor.context().close();
});
