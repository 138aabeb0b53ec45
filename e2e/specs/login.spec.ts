import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { createHmac } from 'node:crypto';
import { agents, origin, password } from '../support/desk';
import { sentMail } from '../support/relay';
import { expect, logIn, test } from '../support/pages';

async function accessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${page.url()} ${id}: ${nodes[0]?.target.join(' ')}`)).toEqual([]);
}

/** The newest link that the desk has sent to this address. */
async function linkTo(address: string, path: string): Promise<string> {
  const link = () => sentMail().filter((mail) => mail.includes(address)).join('\n').match(new RegExp(`${origin}(/${path}/\\S+)`, 'g'))?.at(-1);
  await expect.poll(link, { timeout: 20_000 }).toBeTruthy();
  return link() ?? '';
}

/** The six digits of RFC 6238 (SHA-1, 30 s) now. */
function code(base32: string): string {
  const bits = [...base32.replace(/\s/g, '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', key).update(step).digest();
  return String((mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('somebody is invited by mail, chooses a password and a second factor, and a forgotten password is chosen anew', async ({ aoife, browser }) => {
  test.setTimeout(90_000);
  const email = 'marta@desk.example';
  await aoife.goto('/settings/agents');
  await aoife.getByLabel('Name').fill('Marta Oliveira');
  await aoife.getByLabel('Mail address').fill(email);
  await aoife.getByRole('button', { name: 'Invite' }).click();
  await expect(aoife.getByRole('status')).toContainText(email);

  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(await linkTo(email, 'invitation'));
  await accessible(page);
  await page.locator('input[name="password"]').fill('ferries cross at night');
  await page.getByRole('button', { name: 'Set the password' }).click();
  const logInWith = async (words: string) => {
    await page.goto('/login');
    await page.getByLabel('Mail address').fill(email);
    await page.getByLabel('Password').fill(words);
    await page.getByRole('button', { name: 'Log in' }).click();
  };
  await expect(page.getByRole('status')).toContainText('password is set');
  await logInWith('ferries cross at night');
  await expect(page.locator('.rail')).toBeVisible();

  await page.goto('/settings/second-factor');
  await accessible(page);
  const secret = (await page.locator('code').first().innerText()).trim();
  await page.locator('input[name="code"]').fill(code(secret));
  await page.locator('input[name="password"]').fill('ferries cross at night');
  await page.getByRole('button', { name: 'Take it into use' }).click();
  await expect(page.getByRole('heading', { name: 'Keep these recovery codes' })).toBeVisible();
  await accessible(page);
  await context.clearCookies();

  await page.goto('/reset');
  await accessible(page);
  await page.getByLabel('Mail address').fill(email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await accessible(page);
  await page.goto(await linkTo(email, 'reset'));
  await accessible(page);
  await page.locator('input[name="password"]').fill('ferries cross at noon');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await expect(page.getByRole('status')).toContainText('password is set');
  await logInWith('ferries cross at noon');
  await expect(page.getByRole('heading', { name: 'Enter the code' })).toBeVisible();
  await accessible(page);
  await page.getByLabel('Code').fill('000000');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await context.close();
});

test('a wrong password is told and the right one opens the desk', async ({ page }) => {
  await page.goto('/views/mine');
  await expect(page).toHaveURL(/\/login/);
  await page.getByLabel('Mail address').fill(agents.lukasz.email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('alert')).toContainText('do not match');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page).toHaveURL(/\/views\/mine/);
});

test('logging out leaves nothing open', async ({ page }) => {
  await logIn(page, 'lukasz');
  await page.getByRole('button', { name: agents.lukasz.name }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await expect(page).toHaveURL(/\/login/);
  await page.goto('/views/open');
  await expect(page).toHaveURL(/\/login/);
});
