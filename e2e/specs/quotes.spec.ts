import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { at, expect, expectNoFaults, live, newCase, state, test } from '../support/pages';
import { sentMail } from '../support/relay';

/** The private link of the newest quote that was mailed to this address. */
async function quoteLink(address: string): Promise<string> {
  let link = '';
  await expect(async () => {
    const mail = sentMail().filter((mail) => mail.includes(`To: `) && mail.includes(address) && mail.includes('/quote/')).pop();
    link = /\/quote\/[0-9a-f]{64}/.exec(mail ?? '')?.[0] ?? '';
    expect(link).not.toBe('');
  }).toPass();
  return link;
}

async function accessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    expect.soft(violations.map(({ id, nodes }) => `${page.url()} ${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`)).toEqual([]);
  }
  const before = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), page.url()).toBeLessThanOrEqual(0);
  const cut = await page.evaluate(() => [...document.querySelectorAll('.card')].filter((card) => card.scrollWidth > card.clientWidth).map((card) => card.className));
  expect.soft(cut, page.url()).toEqual([]);
  if (before) await page.setViewportSize(before);
}

/** Drafts a quote on a new case as an agent, approves it as an administrator, and sends it. */
async function send(agent: Page, admin: Page, from: string, subject: string): Promise<number> {
  const number = await newCase(agent, { from, subject, text: 'What would it cost?' });
  await agent.getByRole('button', { name: 'More actions' }).click();
  await agent.getByRole('menuitem', { name: 'Draft a quote' }).click();
  await expect(agent.getByRole('heading', { name: /^Quote Q-/ })).toBeVisible();
  await agent.getByLabel('Title').fill('Audit log to your SIEM, with all who have looked');
  await agent.getByLabel('Description of line 1').fill('Development');
  await agent.getByLabel('Quantity of line 1').fill('2.5');
  await agent.getByLabel('Price of line 1').fill('1,200');
  await agent.getByRole('button', { name: 'Keep the draft' }).click();
  await expect(agent.locator('.quote-total')).toContainText('EUR 3,000.00');
  await accessible(agent);
  await agent.getByRole('button', { name: 'Ask sales to approve' }).click();
  await expect(agent.locator('.page-head')).toContainText('waits for approval');
  await expect(agent.getByRole('button', { name: /^Approve/ })).toHaveCount(0);
  const path = new URL(agent.url()).pathname;
  await admin.goto('/quotes?tab=approval');
  await expect(admin.getByRole('link', { name: /Audit log to your SIEM/ }).first()).toBeVisible();
  await accessible(admin);
  await admin.goto(path);
  await accessible(admin);
  await admin.getByRole('button', { name: 'Approve EUR 3,000.00' }).click();
  await expect(admin.locator('.page-head')).toContainText('approved, not sent');
  await admin.getByRole('button', { name: 'Send it' }).click();
  await expect(admin.locator('.page-head')).toContainText('with the customer');
  return number;
}

test('a quote is drafted, approved, sent, and accepted on its page without JavaScript; the case continues', async ({ aoife, browser }) => {
  test.setTimeout(90_000);
  const lukasz = await at(browser, 'lukasz');
  const number = await send(lukasz, aoife, 'Vera Novák <vera@siem.example>', 'Audit log wanted');
  await lukasz.goto(`/cases/${number}`);
  await live(lukasz);
  await expect(state(lukasz)).toContainText('Waiting on the customer');
  await expect(lukasz.locator('[data-sect="quotes"]')).toContainText('with the customer');
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(await quoteLink('vera@siem.example'));
  await expect(page.getByRole('heading', { name: 'Audit log to your SIEM' })).toBeVisible();
  await page.getByLabel('Your name').first().fill('Vera Novák');
  await page.getByLabel('I accept this quote').check();
  await page.getByRole('button', { name: 'Accept the quote' }).click();
  await expect(page.getByRole('status')).toContainText('This quote was accepted. Vera Novák');
  await context.close();
  await expect(lukasz.locator('.timeline')).toContainText('accepted by Vera Novák');
  await expect(state(lukasz)).toContainText('Open');
  await expect(lukasz.locator('[data-sect="quotes"]')).toContainText('accepted');
  expectNoFaults(lukasz);
  await lukasz.context().close();
});

test('a quote is declined with a reason; its page is accessible', async ({ aoife, browser }) => {
  test.setTimeout(90_000);
  const lukasz = await at(browser, 'lukasz');
  const number = await send(lukasz, aoife, 'Jonas Berg <jonas@siem.example>', 'Audit log for Jonas');
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(await quoteLink('jonas@siem.example'));
  await accessible(page);
  await page.getByText('Decline it').click();
  await page.getByLabel('Reason').fill('Not this year.');
  await page.getByRole('button', { name: 'Decline the quote' }).click();
  await expect(page.getByRole('status')).toContainText('This quote was declined.');
  await accessible(page);
  await context.close();
  await lukasz.goto(`/cases/${number}`);
  await expect(lukasz.locator('.timeline')).toContainText('declined');
  await expect(lukasz.locator('.timeline')).toContainText('Not this year.');
  await lukasz.context().close();
});
