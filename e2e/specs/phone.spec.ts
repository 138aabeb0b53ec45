import { createHmac } from 'node:crypto';
import AxeBuilder from '@axe-core/playwright';
import { at, expect, expectNoFaults, live, test } from '../support/pages';
import { deliver, origin } from '../support/desk';
import { sentMail } from '../support/relay';
import { phoneSecret } from '../support/start';

/** The newest mail to this address that the desk sent, once it is there. */
async function mailTo(address: string, holding: string): Promise<string> {
  let found: string | undefined;
  await expect(async () => {
    found = sentMail().filter((mail) => mail.includes(address) && mail.includes(holding)).pop();
    expect(found).toBeDefined();
  }).toPass();
  return found ?? '';
}

const header = (mail: string, name: string) => new RegExp(`^${name}: *(.*)$`, 'mi').exec(mail)?.[1]?.trim() ?? '';

/** An announcement of the telephone system, signed as Standard Webhooks has it. */
async function announce(id: string, said: object): Promise<number> {
  const [at_s, body] = [Math.floor(Date.now() / 1_000), JSON.stringify(said)];
  const key = Buffer.from(phoneSecret.slice('whsec_'.length), 'base64');
  const signature = `v1,${createHmac('sha256', key).update(`${id}.${at_s}.${body}`).digest('base64')}`;
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(at_s), 'webhook-signature': signature };
  return (await fetch(`${origin}/hooks/phone`, { method: 'POST', headers, body })).status;
}

test('a call is logged while it runs, and confirmed by mail', async ({ aoife }) => {
  await aoife.goto('/views/open');
  await aoife.keyboard.press('o');
  await expect(aoife.getByRole('heading', { name: 'Call', exact: true })).toBeVisible();
  await aoife.getByLabel('Caller', { exact: true }).pressSequentially('Orla Quinn');
  await aoife.getByRole('option', { name: 'A new contact “Orla Quinn”' }).click();
  await aoife.getByLabel('Mail address').fill('orla@quinn.example');
  await aoife.getByLabel('Number', { exact: true }).fill('+353 1 555 0142');
  await aoife.getByLabel('Summary', { exact: true }).fill('The licence is refused after the move.\nShe sends the log.');
  await expect(aoife.locator('[data-kept]')).toContainText('Kept');
  await aoife.reload();
  await expect(aoife.getByLabel('Summary', { exact: true })).toHaveValue(/The licence is refused/);
  await aoife.getByRole('button', { name: 'The call is over' }).click();
  await expect(aoife.getByLabel('End', { exact: true })).not.toHaveValue('');
  await aoife.getByRole('button', { name: 'Ask to confirm in writing' }).click();
  await expect(aoife.locator('.case-title')).toContainText('The licence is refused after the move.');
  await expect(aoife.locator('.case-notices')).toContainText('unconfirmed');
  await live(aoife);
  const mail = await mailTo('orla@quinn.example', 'confirm in writing');
  await deliver({ from: 'Orla Quinn <orla@quinn.example>', subject: 'Re: your call', text: 'Yes, since the move.', answers: header(mail, 'Message-ID').replace(/[<>]/g, '') });
  await expect(aoife.locator('.timeline')).toContainText('confirmed the call by mail');
  await expect(aoife.locator('.case-notices')).not.toContainText('unconfirmed');
  await aoife.goto('/calls');
  await expect(aoife.locator('article', { hasText: 'Orla Quinn' })).toContainText('confirmed in writing');
  await aoife.getByRole('link', { name: 'Orla Quinn' }).click();
  await expect(aoife.getByRole('heading', { name: 'Call of Orla Quinn' })).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await aoife.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page: aoife }).analyze();
    expect.soft(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`)).toEqual([]);
  }
});

test('a summary is corrected by the one who called, without JavaScript', async ({ aoife, browser }) => {
  await aoife.goto('/calls/new');
  await aoife.getByLabel('Caller', { exact: true }).pressSequentially('0142');
  await aoife.getByRole('option', { name: 'Orla Quinn' }).click();
  await expect(aoife.locator('#call-known')).toContainText('orla@quinn.example');
  await expect(aoife.getByLabel('Number', { exact: true })).toHaveValue('+35315550142');
  await aoife.getByRole('radio', { name: 'A new case' }).check();
  await aoife.getByLabel('Summary', { exact: true }).fill('The export stops at 02:00.');
  await aoife.getByRole('button', { name: 'Send my summary' }).click();
  await expect(aoife.locator('.case-title')).toContainText('The export stops at 02:00.');
  await live(aoife);
  const link = /\/confirm\/[0-9a-f]{64}/.exec(await mailTo('orla@quinn.example', 'The export stops'))?.[0] ?? '';
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(link);
  await expect(page.locator('blockquote')).toContainText('The export stops at 02:00.');
  await page.getByText('Correct it').click();
  await page.getByLabel('As it should be').fill('The export stops at 03:00.');
  await page.getByRole('button', { name: 'Send the correction' }).click();
  await expect(page.getByRole('status')).toContainText('Your correction has come in');
  await context.close();
  await expect(aoife.locator('.timeline')).toContainText('Call corrected by Orla Quinn');
  await expect(aoife.locator('.timeline')).toContainText('The export stops at 02:00.');
  await expect(aoife.locator('.timeline')).toContainText('The export stops at 03:00.');
});

test('the page of a confirmation is accessible, and one click confirms', async ({ aoife, browser }) => {
  await aoife.goto('/calls/new');
  await aoife.getByLabel('Caller', { exact: true }).pressSequentially('Orla');
  await expect(aoife.getByRole('option', { name: 'Orla Quinn' })).toHaveAttribute('aria-selected', 'true');
  await aoife.keyboard.press('Enter');
  await expect(aoife.locator('#call-known')).toContainText('Orla Quinn');
  await aoife.getByRole('radio', { name: 'A new case' }).check();
  await aoife.getByLabel('Summary', { exact: true }).fill('She asks for a second seat.');
  await aoife.getByRole('button', { name: 'Send my summary' }).click();
  await expect(aoife.locator('.case-title')).toContainText('She asks for a second seat.');
  const link = /\/confirm\/[0-9a-f]{64}/.exec(await mailTo('orla@quinn.example', 'second seat'))?.[0] ?? '';
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ colorScheme, viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    await page.goto(link);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect.soft(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`)).toEqual([]);
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    if (colorScheme === 'dark') {
      await page.getByRole('button', { name: 'Confirm' }).click();
      await expect(page.getByRole('status')).toContainText('You have confirmed the summary.');
    }
    await context.close();
  }
});

test('an answered call pops up for the agent, and opens filled in', async ({ aoife, browser }) => {
  await aoife.goto('/settings/profile');
  await aoife.getByLabel('Telephone extension').fill('201');
  await aoife.locator('form[action="/settings/profile"]').getByRole('button', { name: 'Keep' }).click();
  await expect(aoife.getByText('The change is kept.')).toBeVisible();
  await aoife.goto('/views/open');
  await live(aoife);
  const other = await at(browser, 'lukasz');
  await other.goto('/views/open');
  await live(other);
  const now = new Date().toISOString();
  expect(await announce('spec-1', { call: 'spec-a', caller: '+35315550142', agent: '201', started_at: now, answered_at: now })).toBe(204);
  await expect(aoife.locator('#toast-call')).toContainText('Orla Quinn');
  await expect(other.locator('#toast-call')).toHaveCount(0);
  await aoife.getByRole('link', { name: 'Write it down' }).click();
  await expect(aoife.getByLabel('Caller', { exact: true })).toHaveValue('Orla Quinn');
  await expect(aoife.locator('.page-head')).toContainText('+35315550142');
  await aoife.getByRole('button', { name: 'Discard this call' }).click();
  await expect(aoife.getByRole('heading', { name: 'Calls', exact: true })).toBeVisible();
  expectNoFaults(other);
  await other.context().close();
});
