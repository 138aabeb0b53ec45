import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../support/pages';

test('two organisations are compared, merged, and two again', async ({ aoife }) => {
  await aoife.goto('/organisations');
  await aoife.getByLabel('Name', { exact: true }).fill('Harbour Works');
  await aoife.getByLabel('Mail domains').fill('harbourworks.example');
  await aoife.getByRole('button', { name: 'Add the organisation' }).click();
  await expect(aoife.getByRole('heading', { name: 'Harbour Works', level: 1 })).toBeVisible();
  await aoife.goto('/organisations');
  await aoife.getByLabel('Name', { exact: true }).fill('Harbour Works Ltd');
  await aoife.getByLabel('Mail domains').fill('hw.example');
  await aoife.getByRole('button', { name: 'Add the organisation' }).click();
  await expect(aoife.getByRole('heading', { name: 'Harbour Works Ltd', level: 1 })).toBeVisible();

  await aoife.goto('/organisations/duplicates');
  await aoife.getByRole('link', { name: 'Compare Harbour Works and Harbour Works Ltd' }).click();
  await expect(aoife.getByRole('row', { name: /Mail domains/ })).toContainText('hw.example');
  const { violations } = await new AxeBuilder({ page: aoife }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`)).toEqual([]);
  await aoife.setViewportSize({ width: 390, height: 844 });
  expect(await aoife.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await aoife.setViewportSize({ width: 1280, height: 720 });
  await aoife.getByLabel('Called from now on').fill('Harbour Works Group');
  await aoife.getByRole('button', { name: 'Merge' }).click();
  await expect(aoife.getByRole('heading', { name: 'Harbour Works Group', level: 1 })).toBeVisible();
  await expect(aoife.getByRole('button', { name: 'Remove hw.example' })).toBeVisible();

  await aoife.goto('/organisations/duplicates');
  await aoife.getByRole('button', { name: 'Undo the merge of Harbour Works Ltd into Harbour Works Group' }).click();
  await aoife.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(aoife.getByRole('heading', { name: 'Harbour Works Ltd', level: 1 })).toBeVisible();
  await expect(aoife.getByRole('button', { name: 'Remove hw.example' })).toBeVisible();
  await aoife.goto('/organisations/duplicates');
  await aoife.getByRole('button', { name: 'Harbour Works and Harbour Works Ltd are not the same' }).click();
  await expect(aoife.getByRole('link', { name: 'Compare Harbour Works and Harbour Works Ltd' })).toHaveCount(0);
});
