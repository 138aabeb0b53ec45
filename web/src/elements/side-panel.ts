import { define } from '../dom';

/** The panel beside a case. Below 1180 px it is a drawer; what is folded stays folded, on every case, for this agent. */
class SidePanel extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener('toggle', this.#fold, true);
    this.addEventListener('turbo:morph-element', () => this.#restore());
    document.addEventListener('click', this.#press);
    document.addEventListener('keydown', this.#escape);
    this.#restore();
  }

  disconnectedCallback(): void {
    document.removeEventListener('click', this.#press);
    document.removeEventListener('keydown', this.#escape);
  }

  #restore(): void {
    for (const sect of this.querySelectorAll<HTMLDetailsElement>('details[data-sect]')) {
      const kept = localStorage.getItem(`sect:${sect.dataset['sect']}`);
      if (kept) sect.open = kept === 'open';
    }
  }

  #fold = (event: Event): void => {
    const sect = event.target as HTMLDetailsElement;
    if (sect.dataset['sect']) localStorage.setItem(`sect:${sect.dataset['sect']}`, sect.open ? 'open' : 'shut');
  };

  #set(open: boolean): void {
    const panel = this.closest<HTMLElement>('.panel') ?? this;
    panel.toggleAttribute('data-open', open);
    for (const button of document.querySelectorAll('[data-panel-toggle]')) button.setAttribute('aria-expanded', String(open));
    if (open) panel.querySelector<HTMLElement>('a, button, summary')?.focus({ preventScroll: true });
  }

  #press = (event: Event): void => {
    const button = (event.target as Element).closest?.('[data-panel-toggle]');
    const panel = this.closest<HTMLElement>('.panel') ?? this;
    if (button) this.#set(!panel.hasAttribute('data-open'));
    else if (panel.hasAttribute('data-open') && !panel.contains(event.target as Node)) this.#set(false);
  };

  #escape = (event: KeyboardEvent): void => {
    const panel = this.closest<HTMLElement>('.panel') ?? this;
    if (event.key !== 'Escape' || !panel.hasAttribute('data-open')) return;
    this.#set(false);
    document.querySelector<HTMLElement>('[data-panel-toggle]')?.focus();
  };
}

define('side-panel', SidePanel);
