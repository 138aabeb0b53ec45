import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../support/pages';

const day = (from_now_d: number) => new Date(Date.now() + from_now_d * 86_400_000).toISOString().slice(0, 10);

test('a cycle is changed in the settings and seen on the public page, in every scheme and without scripts', async ({ aoife, browser }) => {
  test.setTimeout(120_000);
  await aoife.goto('/settings/products');
  await aoife.getByLabel('Name', { exact: true }).fill('Ferrywell Relay');
  await aoife.getByRole('button', { name: 'Add the product' }).click();
  await expect(aoife.getByRole('heading', { name: 'Ferrywell Relay' })).toBeVisible();
  await aoife.getByRole('link', { name: 'Add a cycle' }).click();
  await aoife.getByLabel('Name', { exact: true }).fill('2.4');
  await aoife.getByLabel('Released', { exact: true }).fill(day(-400));
  await aoife.getByLabel('End of life').fill(day(400));
  await aoife.getByRole('button', { name: 'Keep' }).click();
  const row = aoife.getByRole('row', { name: /^2\.4/ });
  await expect(row).toContainText('supported');
  await row.getByRole('link', { name: '2.4' }).click();
  await aoife.getByLabel('Support ends').fill(day(500));
  await aoife.getByRole('button', { name: 'Keep' }).click();
  await expect(aoife.getByRole('alert')).toContainText('which is before “Support ends”');
  await aoife.getByLabel('Support ends').fill('');
  await aoife.getByLabel('End of life').fill(day(10));
  await aoife.getByRole('button', { name: 'Keep' }).click();
  await expect(row).toContainText(/ends in (9|10|11) days/);

  await aoife.getByRole('link', { name: 'Add an item' }).click();
  await aoife.getByLabel('Title').fill('Tunnels <b>over</b> QUIC');
  await aoife.getByRole('textbox', { name: 'Description' }).fill('For networks that **lose** packets.');
  await aoife.getByLabel('On the public roadmap').check();
  await aoife.getByRole('button', { name: 'Keep' }).click();
  await expect(aoife.getByRole('link', { name: 'Tunnels <b>over</b> QUIC' })).toBeVisible();

  await aoife.getByRole('link', { name: 'Import' }).click();
  await aoife.getByLabel('JSON of endoflife.date').fill('[{"cycle":"2.3","eol":"2020-01-31"},{"cycle":"2.2","eol":"2020-02-30"}]');
  await aoife.getByRole('button', { name: 'Show what it would do' }).click();
  await expect(aoife.getByText('“2020-02-30”, which is no day')).toBeVisible();
  await aoife.getByRole('button', { name: 'Take it over' }).click();
  await expect(aoife.getByRole('row', { name: /^2\.3/ })).toContainText('31 Jan 2020');

  for (const path of ['/settings/products', '/settings/products/1', '/settings/products/1/edit', '/settings/products/1/cycles/1', '/settings/products/1/releases/new', '/settings/products/1/roadmap/1', '/settings/products/1/import']) {
    await aoife.goto(path);
    const { violations } = await new AxeBuilder({ page: aoife }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    expect.soft(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes.map(({ target }) => target.join(' ')).slice(0, 4).join(' | ')}`)).toEqual([]);
    await aoife.setViewportSize({ width: 390, height: 844 });
    expect.soft(await aoife.evaluate(() => document.documentElement.scrollWidth - innerWidth), path).toBeLessThanOrEqual(0);
    await aoife.setViewportSize({ width: 1280, height: 720 });
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    const visitor = await browser.newContext({ colorScheme, javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
    const page = await visitor.newPage();
    await page.goto('/life-cycle');
    await expect(page.locator('tr', { hasText: '2.4' })).toContainText(/ends in (9|10|11) days/);
    await page.getByRole('link', { name: 'Ferrywell Relay', exact: true }).click();
    await expect(page).toHaveURL(/\/life-cycle\/ferrywell-relay$/);
    await page.getByRole('link', { name: 'Roadmap of Ferrywell Relay' }).click();
    await expect(page.getByRole('heading', { name: 'Tunnels <b>over</b> QUIC' })).toBeVisible();
    await visitor.close();
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the public pages are accessible and fit a phone, ${colorScheme}`, async ({ browser }) => {
    const page = await (await browser.newContext({ colorScheme })).newPage();
    for (const path of ['/life-cycle', '/life-cycle/ferrywell-relay', '/roadmap', '/roadmap/ferrywell-relay', '/support-options']) {
      await page.setViewportSize({ width: 1280, height: 720 });
      expect((await page.goto(path))?.status(), path).toBe(200);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect.soft(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`)).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), path).toBeLessThanOrEqual(0);
    }
    for (const part of ['life-cycle', 'roadmap']) {
      const feed = await page.evaluate(async (path) => {
        const text = await (await fetch(path)).text();
        const xml = new DOMParser().parseFromString(text, 'application/xml');
        return { broken: xml.querySelector('parsererror')?.textContent ?? '', root: xml.documentElement.namespaceURI, entries: xml.querySelectorAll('entry > id').length };
      }, `/${part}/ferrywell-relay/feed.atom`);
      expect(feed).toEqual({ broken: '', root: 'http://www.w3.org/2005/Atom', entries: part === 'roadmap' ? 1 : 2 });
    }
    await page.context().close();
  });
}
