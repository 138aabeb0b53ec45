// What the specs do again and again, in the words of the desk.
import { expect, test as base, type Browser, type Page } from '@playwright/test';
import { agents, deliver, password, type Mail } from './desk';
import { start } from './start';

type Who = keyof typeof agents;

/** A page of somebody who is logged in, watched: a page error or a broken policy fails the spec. */
export async function at(browser: Browser, who: Who, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ ...options, storageState: await stateOf(browser, who) });
  const page = await context.newPage();
  watch(page);
  return page;
}

const states = new Map<Who, Awaited<ReturnType<import('@playwright/test').BrowserContext['storageState']>>>();

async function stateOf(browser: Browser, who: Who) {
  const known = states.get(who);
  if (known) return known;
  const context = await browser.newContext();
  const page = await context.newPage();
  await logIn(page, who);
  const state = await context.storageState();
  await context.close();
  states.set(who, state);
  return state;
}

export async function logIn(page: Page, who: Who): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('Mail address').fill(agents[who].email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.locator('.rail')).toBeVisible();
}

const faults = new WeakMap<Page, string[]>();

function watch(page: Page): void {
  const seen: string[] = [];
  faults.set(page, seen);
  page.on('pageerror', (error) => seen.push(error.message));
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) seen.push(message.text());
  });
}

export function expectNoFaults(page: Page): void {
  expect(faults.get(page) ?? []).toEqual([]);
}

/** Opens the case with this subject from the list of all open ones. */
export async function openCase(page: Page, subject: string): Promise<number> {
  await page.goto('/views/open');
  await page.locator('.case-row', { hasText: subject }).first().click();
  await expect(page.locator('.case-title')).toContainText(subject);
  await live(page);
  return Number(await page.locator('[data-looking-at]').getAttribute('data-looking-at'));
}

/** A case of its own for a spec that changes it. */
export async function newCase(page: Page, mail: Mail): Promise<number> {
  await deliver(mail);
  await page.goto('/views/open');
  const row = page.locator('.case-row', { hasText: mail.subject });
  await expect(async () => {
    await page.reload();
    await expect(row).toBeVisible({ timeout: 1_000 });
  }).toPass();
  return openCase(page, mail.subject);
}

/** The socket has said hello: from here on nothing is missed. */
export async function live(page: Page): Promise<void> {
  await expect(page.locator('html[data-live]')).toBeAttached();
}

export const reply = (page: Page) => page.locator('textarea[data-kind="reply"]');
export const note = (page: Page) => page.locator('textarea[data-kind="note"]');
/** The state of the case, as its head says it. */
export const state = (page: Page) => page.locator('.case-props > menu-button > .prop').first();
export const kept = (page: Page) => expect(page.locator('.saved')).toContainText('Draft kept');

/** Writes a note as somebody else, on the same case. */
export async function noteBy(browser: Browser, who: Who, number: number, text: string): Promise<void> {
  const page = await at(browser, who);
  await page.goto(`/cases/${number}`);
  await page.keyboard.press('i');
  await note(page).fill(text);
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('.entry[data-kind="note"]', { hasText: text })).toBeVisible();
  await page.context().close();
}

export const test = base.extend<{ aoife: Page }, { desk: void }>({
  desk: [
    async ({}, use) => {
      const stop = await start();
      await use();
      await stop();
    },
    { scope: 'worker', auto: true },
  ],
  aoife: async ({ browser }, use) => {
    const page = await at(browser, 'aoife');
    await use(page);
    expectNoFaults(page);
    await page.context().close();
  },
});

export { expect };
