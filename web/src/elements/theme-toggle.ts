import { define } from '../dom';

type Choice = 'theme' | 'density';

/** Buttons with `data-theme-set="light|dark|"` or `data-density-set="compact|"`; empty follows the system. Kept on this computer. */
class ThemeToggle extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener('click', this.#press);
    this.#show();
  }

  #press = (event: Event): void => {
    const button = (event.target as Element).closest<HTMLElement>('[data-theme-set], [data-density-set], [data-theme-flip]');
    if (!button) return;
    if (button.hasAttribute('data-theme-flip')) this.#set('theme', this.#dark() ? 'light' : 'dark');
    else if (button.dataset['themeSet'] !== undefined) this.#set('theme', button.dataset['themeSet']);
    else this.#set('density', button.dataset['densitySet'] ?? '');
  };

  #dark(): boolean {
    const chosen = document.documentElement.dataset['theme'];
    return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  }

  #set(choice: Choice, value: string): void {
    if (value) {
      localStorage.setItem(choice, value);
      document.documentElement.dataset[choice] = value;
    } else {
      localStorage.removeItem(choice);
      delete document.documentElement.dataset[choice];
    }
    this.#show();
  }

  #show(): void {
    for (const choice of ['theme', 'density'] as const) {
      const now = document.documentElement.dataset[choice] ?? '';
      for (const button of this.querySelectorAll<HTMLElement>(`[data-${choice}-set]`)) {
        button.setAttribute('aria-checked', String(button.dataset[`${choice}Set`] === now));
      }
    }
  }
}

define('theme-toggle', ThemeToggle);
