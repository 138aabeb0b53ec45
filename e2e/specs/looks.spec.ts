import AxeBuilder from '@axe-core/playwright';
import { at, expect, expectNoFaults, live, newCase, openCase, test } from '../support/pages';
import { deliver } from '../support/desk';

const pages = ['/views/open', '/cases/1001', '/cases/1001/split', '/cases/new', '/calls', '/calls/new', '/views/unconfirmed', '/views', '/quarantine', '/settings/mailboxes', '/settings/form', '/settings/templates', '/settings/templates/new', '/settings/products', '/life-cycle', '/roadmap', '/support-options', '/settings/profile', '/settings/sessions', '/settings/tokens', '/settings/agents', '/settings/teams', '/settings/webhooks', '/settings/audit', '/settings/privacy', '/organisations', '/organisations/import', '/organisations/duplicates', '/organisations/1', '/organisations/1/merge?q=k', '/contacts/1', '/contracts?within=365', '/views/due', '/settings/support-options', '/quotes', '/cases/1001/details-forms', '/settings/details', '/nowhere'];

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page is accessible, ${colorScheme}`, async ({ browser }) => {
    test.setTimeout(120_000);
    const page = await at(browser, 'aoife', { colorScheme });
    for (const path of pages) {
      await page.goto(path);
      await page.evaluate(() => document.fonts.ready);
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).exclude('mail-frame').analyze();
      expect.soft(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes.map(({ target }) => target.join(' ')).slice(0, 4).join(' | ')}`)).toEqual([]);
    }
    expectNoFaults(page);
    await page.context().close();
  });
}

test('what opens over a page is accessible', async ({ aoife }) => {
  test.setTimeout(120_000);
  await openCase(aoife, 'Folder monitor stops');
  for (const key of ['Control+k', '?', 'Shift+M', 'Shift+L', 'Shift+E', 'f', 'a', 'w', 't', 'Shift+P']) {
    await aoife.keyboard.press(key);
    await expect(aoife.locator('dialog[open], [popover]:popover-open')).toHaveCount(1);
    const { violations } = await new AxeBuilder({ page: aoife }).include('dialog[open], [popover]:popover-open').withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
    expect.soft(violations.map(({ id, nodes }) => `${key} ${id}: ${nodes.map(({ target }) => target.join(' ')).slice(0, 4).join(' | ')}`)).toEqual([]);
    await aoife.keyboard.press('Escape');
    if (await aoife.locator('dialog[open], [popover]:popover-open').count()) await aoife.keyboard.press('Escape');
    await expect(aoife.locator('dialog[open], [popover]:popover-open')).toHaveCount(0);
  }
});

test('the login page is accessible', async ({ page }) => {
  await page.goto('/login');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

test('nothing is wider than a phone', async ({ browser }) => {
  const page = await at(browser, 'aoife', { viewport: { width: 390, height: 844 }, hasTouch: true });
  for (const path of pages) {
    await page.goto(path);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect.soft(over, path).toBeLessThanOrEqual(0);
  }
  await page.context().close();
});

test('on a phone a case opens over its list and leads back', async ({ browser }) => {
  const page = await at(browser, 'aoife', { viewport: { width: 390, height: 844 }, hasTouch: true });
  await page.goto('/views/open');
  await page.locator('.case-row', { hasText: 'Folder monitor stops' }).click();
  await expect(page.locator('.case-title')).toBeVisible();
  await expect(page.locator('.list-pane')).toBeHidden();
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await expect(page.locator('.list-pane')).toBeVisible();
  await page.context().close();
});

test('dark is chosen by key and stays', async ({ aoife }) => {
  await openCase(aoife, 'Folder monitor stops');
  await aoife.keyboard.press('d');
  await expect(aoife.locator('html')).toHaveAttribute('data-theme', 'dark');
  await aoife.reload();
  await expect(aoife.locator('html')).toHaveAttribute('data-theme', 'dark');
  await aoife.keyboard.press('d');
});

test('a refresh of the counts leaves the mark of the current view', async ({ aoife }) => {
  await openCase(aoife, 'Folder monitor stops');
  const here = aoife.locator('.rail-link[aria-current]').filter({ hasText: 'All open' });
  for (let time = 0; time < 2; time += 1) {
    await aoife.evaluate(async () => {
      const { renderStreamMessage } = (window as unknown as { Turbo: { renderStreamMessage: (text: string) => void } }).Turbo;
      renderStreamMessage(await (await fetch('/rail', { headers: { Accept: 'text/vnd.turbo-stream.html' } })).text());
    });
    await expect(here).toBeVisible();
  }
});

test('a broken line is told, and what was missed is shown when it is back', async ({ browser }) => {
  const page = await at(browser, 'aoife');
  let open = true;
  await page.routeWebSocket(/\/live/, (socket) => {
    if (!open) return void socket.close();
    const server = socket.connectToServer();
    lines.push(() => {
      server.close();
      socket.close();
    });
  });
  const lines: (() => void)[] = [];
  await newCase(page, { from: 'Jo <jo@line.example>', subject: 'The line breaks', text: 'Hello.', id: 'line-1@line.example' });
  open = false;
  lines.forEach((cut) => cut());
  await expect(page.locator('.line-banner')).toContainText('No connection to the desk');
  await deliver({ from: 'Jo <jo@line.example>', subject: 'Re: The line breaks', text: 'Missed by the page.', answers: 'line-1@line.example' });
  open = true;
  await page.getByRole('button', { name: 'Try now' }).click();
  await live(page);
  await expect(page.locator('.entry', { hasText: 'Missed by the page.' })).toBeVisible();
  await expect(page.locator('.line-banner')).toContainText('Connection is back');
  await page.context().close();
});

test('the first page weighs less than 150 KB', async ({ aoife }) => {
  let bytes = 0;
  const client = await aoife.context().newCDPSession(aoife);
  await client.send('Network.enable');
  await client.send('Network.setCacheDisabled', { cacheDisabled: true });
  client.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await aoife.goto('/views/open');
  await live(aoife);
  expect(bytes).toBeLessThan(150 * 1024);
});

test('each paragraph of a mail is read in its own direction', async ({ aoife }) => {
  await newCase(aoife, { from: 'שרה כהן <sara@rtl.example>', subject: 'שגיאה בהעברת קבצים', text: 'שלום, ההעברה נכשלה הבוקר.\n\nThe log says: connection reset.\n\nתודה' });
  await expect(aoife.locator('.case-row[aria-current] .subj')).toHaveCSS('direction', 'rtl');
  await expect(aoife.locator('.case-title')).toHaveCSS('direction', 'rtl');
  const sides = await aoife.locator('.entry[data-kind="mail"] .prose > p').evaluateAll((paragraphs) =>
    paragraphs.map((paragraph) => {
      const text = document.createRange();
      text.selectNodeContents(paragraph);
      const [words, box] = [text.getBoundingClientRect(), paragraph.getBoundingClientRect()];
      return words.left - box.left < box.right - words.right ? 'left' : 'right';
    }),
  );
  expect(sides).toEqual(['right', 'left', 'right']);
});

test('in forced colours it is seen what is chosen, where the keys are, and how a case stands', async ({ browser }) => {
  const page = await at(browser, 'aoife', { forcedColors: 'active' });
  await openCase(page, 'Folder monitor stops');
  const style = (selector: string, name: string, part?: string) => page.locator(selector).first().evaluate((node, [name, part]) => getComputedStyle(node, part).getPropertyValue(name ?? ''), [name, part] as const);
  const highlight = await page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.setAttribute('hidden', '');
    probe.style.setProperty('color', 'Highlight');
    const color = getComputedStyle(probe).color;
    probe.remove();
    return color;
  });
  expect(await style('.case-row[aria-current]', 'background-color', '::before')).toBe(highlight);
  expect(await style('.compose-top .tab[aria-selected="true"]', 'background-color')).toBe(highlight);
  expect(await style('.state', 'forced-color-adjust')).toBe('none');
  await page.keyboard.press('r');
  expect(await style('.compose-box', 'outline-color')).toBe(highlight);
  expect(await style('.compose-box', 'outline-style')).toBe('solid');
  await page.keyboard.press('Escape');
  await page.keyboard.press('w');
  expect(await style('[role^="menuitem"]:focus-visible', 'outline-color')).toBe(highlight);
  await page.context().close();
});
