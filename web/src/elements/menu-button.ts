import { define } from '../dom';

const edge_px = 8;

/**
 * `<menu-button><button popovertarget="m1" aria-haspopup="menu">…</button><div popover id="m1" role="menu" class="menu">…`
 * The popover opens without any script; this places it beside its button, moves with the arrows and gives the focus back.
 */
class MenuButton extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener('toggle', this.#toggled, true);
    this.addEventListener('keydown', this.#move);
    this.addEventListener('click', this.#chosen);
    this.addEventListener('turbo:submit-end', () => this.#menu?.hidePopover());
  }

  get #button(): HTMLElement | null {
    return this.querySelector(':scope > [popovertarget], :scope > * > [popovertarget]');
  }

  get #menu(): HTMLElement | null {
    return this.querySelector('[popover]');
  }

  #toggled = (event: Event): void => {
    const menu = this.#menu;
    if (event.target !== menu || !menu) return;
    const open = (event as ToggleEvent).newState === 'open';
    this.#button?.setAttribute('aria-expanded', String(open));
    this.toggleAttribute('data-open', open);
    if (!open) return;
    this.#place(menu);
    const first = menu.querySelector<HTMLElement>('[autofocus], [aria-checked="true"]') ?? this.#items()[0];
    first?.focus({ preventScroll: true });
    menu.dispatchEvent(new CustomEvent('menu:open', { bubbles: true }));
  };

  #place(menu: HTMLElement): void {
    const at = this.#button?.getBoundingClientRect();
    if (!at) return;
    const { offsetWidth: width, offsetHeight: height } = menu;
    const endAligned = this.hasAttribute('data-end') || at.left + width > innerWidth - edge_px;
    const left = Math.min(Math.max(edge_px, endAligned ? at.right - width : at.left), innerWidth - width - edge_px);
    const below = at.bottom + 4;
    const above = at.top - height - 4;
    const top = below + height > innerHeight - edge_px && above > edge_px ? above : Math.max(edge_px, Math.min(below, innerHeight - height - edge_px));
    Object.assign(menu.style, { inset: 'auto', left: `${left}px`, top: `${top}px`, margin: '0' });
  }

  #items(): HTMLElement[] {
    return [...(this.#menu?.querySelectorAll<HTMLElement>('[role^="menuitem"]:not([disabled])') ?? [])].filter((item) => item.checkVisibility());
  }

  #move = (event: KeyboardEvent): void => {
    if (!this.#menu?.matches(':popover-open')) {
      if (event.key === 'ArrowDown' && event.target === this.#button) {
        event.preventDefault();
        this.#menu?.showPopover();
      }
      return;
    }
    const items = this.#items();
    const at = items.indexOf(document.activeElement as HTMLElement);
    const next: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at <= 0 ? items.length - 1 : at - 1, Home: 0, End: items.length - 1 };
    const to = next[event.key];
    const fields = 'input, select, textarea';
    if (event.key === 'Tab' && !this.#menu.querySelector(fields)) this.#menu.hidePopover();
    if (to === undefined || (event.target as Element).matches(fields)) return;
    event.preventDefault();
    items[to % items.length]?.focus();
  };

  #chosen = (event: MouseEvent): void => {
    const item = (event.target as Element).closest('[role^="menuitem"]');
    if (item && this.#menu?.contains(item) && !item.hasAttribute('data-keep-open')) this.#menu.hidePopover();
  };
}

define('menu-button', MenuButton);
