import { agents, password } from '../support/desk';
import { expect, logIn, test } from '../support/pages';

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
