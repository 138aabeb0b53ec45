import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../support/pages';

const csv = 'Firma;E-Mail-Domain\r\nQuayside Freight;quayside.example\r\nNo domain here;not a domain\r\n';

test('a file is looked at line by line, its columns are chosen, and it is taken over once', async ({ aoife }) => {
  await aoife.goto('/organisations');
  await aoife.getByRole('link', { name: 'Import and export' }).click();
  await aoife.getByLabel('The file has one line for each of the').selectOption('organisations');
  await aoife.getByLabel('File', { exact: true }).setInputFiles({ name: 'kunden.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await aoife.getByRole('button', { name: 'Show what it would do' }).click();
  await expect(aoife.getByRole('heading', { name: 'kunden.csv' })).toBeVisible();
  await expect(aoife.getByRole('alert')).toContainText('No column is chosen for “Name”');
  await aoife.getByLabel('What column 1, Firma, is').selectOption('Name');
  await aoife.getByLabel('What column 2, E-Mail-Domain, is').selectOption('Domains');
  await aoife.getByRole('button', { name: 'Show it again' }).click();
  await expect(aoife.getByText('1 new, 0 changed, 0 as they are, 1 not taken.')).toBeVisible();
  await expect(aoife.getByText('is no domain: write it as example.com')).toBeVisible();
  const { violations } = await new AxeBuilder({ page: aoife }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`)).toEqual([]);
  await aoife.setViewportSize({ width: 390, height: 844 });
  expect(await aoife.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await aoife.setViewportSize({ width: 1280, height: 720 });
  await aoife.getByRole('button', { name: 'Take it over' }).click();
  await expect(aoife.getByRole('heading', { name: 'What it did' })).toBeVisible();
  await expect(aoife.getByRole('button', { name: 'Take it over' })).toHaveCount(0);
  await aoife.goto('/organisations?q=quayside.example');
  await expect(aoife.getByRole('link', { name: 'Quayside Freight' })).toBeVisible();

  await aoife.goto('/organisations/import');
  const download = aoife.waitForEvent('download');
  await aoife.getByRole('link', { name: 'Export organisations' }).click();
  const { createReadStream } = await import('node:fs');
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(await (await download).path())) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString('utf8')).toContain('Quayside Freight,customer,quayside.example');
});
