// The few helpers that every element shares: building nodes, icons, requests to our own server.

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | boolean | undefined>;

/** Builds an element. Text goes in as text, never as HTML. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== undefined) node.setAttribute(name, value);
  }
  for (const child of children) if (child) node.append(child);
  return node;
}

const svg = 'http://www.w3.org/2000/svg';

/** An icon of the page's sprite (`web/icons.html`). */
export function icon(name: string, size = ''): SVGSVGElement {
  const node = document.createElementNS(svg, 'svg');
  node.setAttribute('class', `i ${size}`.trim());
  node.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(svg, 'use');
  use.setAttribute('href', `#i-${name}`);
  node.append(use);
  return node;
}

/** A request to our own server, which knows its own pages by `Sec-Fetch-Site` and `Origin`. */
export function request(url: string, init: RequestInit & { accept?: string } = {}): Promise<Response> {
  const { accept = 'text/html', ...rest } = init;
  const headers = new Headers(rest.headers);
  headers.set('Accept', accept);
  return fetch(url, { credentials: 'same-origin', ...rest, headers });
}

export const streams = 'text/vnd.turbo-stream.html';

/** The newest timeline entry that is on the screen. */
export function newestEntry(scope: Element | null): number {
  const entries = scope?.querySelectorAll<HTMLElement>('.timeline > [data-entry]') ?? [];
  return Math.max(0, ...[...entries].map((entry) => Number(entry.dataset['entry'])));
}

/** True while the person types somewhere: plain keys then belong to the text. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range', 'file'].includes(target.type);
}

let unpressed: Promise<void> = Promise.resolve();

/** Follows the pointer, for `notPressed`. */
export function watchPointer(): void {
  document.addEventListener('pointerdown', ({ button, ctrlKey }) => {
    if (button !== 0 || ctrlKey) return; // the menu of the browser may keep the end of it
    unpressed = new Promise((free) => {
      const later = () => window.setTimeout(free); // the click comes after it
      for (const end of ['pointerup', 'pointercancel', 'contextmenu', 'blur']) window.addEventListener(end, later, { once: true });
    });
  });
}

/** Nothing changes under a pressed pointer: what is being clicked would be something else, or gone, once it is let go. */
export function notPressed(): Promise<void> {
  return unpressed;
}

/** On the screen, or in a menu that is only closed: both can be pressed by their key. */
export function pressable(node: HTMLElement): boolean {
  return node.checkVisibility() || (node.closest('[popover]')?.parentElement?.checkVisibility() ?? false);
}

/** Calls `run` once, `wait_ms` after the last call. */
export function debounce<A extends unknown[]>(wait_ms: number, run: (...args: A) => void): ((...args: A) => void) & { cancel(): void } {
  let timer: number | undefined;
  const later = (...args: A) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => run(...args), wait_ms);
  };
  return Object.assign(later, { cancel: () => window.clearTimeout(timer) });
}

export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
