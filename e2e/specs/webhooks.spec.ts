import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '../support/pages';

/** A far end that answers as it is told, and counts. */
async function farEnd() {
  const heard: string[] = [];
  let status = 500;
  const server = createServer((request, answer) => {
    heard.push(String(request.headers['webhook-id']));
    request.resume().on('end', () => answer.writeHead(status).end());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, heard, answer: (now: number) => (status = now), stop: () => server.close() };
}

test('a webhook is registered, tried, and a failed delivery sent again', async ({ aoife }) => {
  const far = await farEnd();
  await aoife.goto('/settings/webhooks');
  await aoife.getByLabel('Address').fill(far.url);
  await aoife.getByLabel('A case was merged into another').check();
  await aoife.getByRole('button', { name: 'Register the webhook' }).click();
  await expect(aoife.getByRole('status').filter({ hasText: 'Copy the secret now' })).toContainText('whsec_');
  await aoife.getByRole('button', { name: 'Send a test' }).click();
  const row = aoife.locator('#deliveries article').first();
  await expect(row).toContainText('it answered with 500');
  await expect(aoife.getByText('Copy the secret now')).toBeVisible(); // the test changes the list alone
  far.answer(204);
  await row.getByRole('button', { name: 'Send again' }).click();
  await expect(row).toContainText('delivered');
  expect(new Set(far.heard).size).toBe(1);
  await aoife.getByRole('button', { name: 'Disable' }).click();
  await expect(aoife.getByText('It is told nothing.')).toBeVisible();
  await aoife.getByRole('button', { name: 'Enable' }).click();
  await expect(aoife.getByText('It is told nothing.')).toHaveCount(0);
  await aoife.getByRole('button', { name: 'Delete' }).click();
  await aoife.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(aoife.getByText('No webhook yet')).toBeVisible();
  far.stop();
});
