// Small page-wide behaviours that need no element of their own: each is one attribute.
import { request } from './dom';
import { showKeys } from './keys-dialog';
import { toast } from './toasts';

export function startActions(): void {
  document.addEventListener('click', press);
  document.addEventListener('change', submitOnChange);
  document.addEventListener('text-expander-change', mention, true); // these three do not bubble
  document.addEventListener('text-expander-value', insertMention, true);
  document.addEventListener('text-expander-committed', tellInput, true);
  document.addEventListener('turbo:fetch-request-error', unreachable);
  document.addEventListener('turbo:frame-missing', wholePage);
  document.addEventListener('turbo:submit-end', closeAnswered);
}

function press(event: MouseEvent): void {
  const target = event.target as Element;
  if (target.closest('[data-keys]')) showKeys();
  const opener = target.closest<HTMLElement>('[data-dialog]');
  if (opener) (document.getElementById(opener.dataset['dialog'] ?? '') as HTMLDialogElement | null)?.showModal();
  const closer = target.closest('[data-close]');
  if (closer) closer.closest('dialog')?.close();
  if (target instanceof HTMLDialogElement && target.open && !target.hasAttribute('data-hold')) target.close();
  const copier = target.closest<HTMLElement>('[data-copy]');
  if (copier) void copy(copier);
}

/** A dialog whose form was answered well has done its work. */
function closeAnswered(event: Event): void {
  const { success } = (event as CustomEvent<{ success: boolean }>).detail;
  if (success) (event.target as Element).closest('dialog')?.close();
}

async function copy(button: HTMLElement): Promise<void> {
  await navigator.clipboard.writeText(button.dataset['copy'] ?? '');
  toast('copy', { text: 'Copied' });
}

/** `<select data-submit>`: choosing is the command; the form still has its button for those without script. */
function submitOnChange(event: Event): void {
  const field = event.target as HTMLElement;
  if (field.matches('[data-submit]')) field.closest('form')?.requestSubmit();
}

/** `@` in a note: `<text-expander keys="@" data-url="/agents/suggest">`. */
function mention(event: Event): void {
  const { key, text, provide } = (event as CustomEvent<{ key: string; text: string; provide: (result: Promise<{ matched: boolean; fragment?: HTMLElement }>) => void }>).detail;
  const url = (event.target as HTMLElement).dataset['url'];
  if (key !== '@' || !url) return;
  provide(
    request(`${url}?q=${encodeURIComponent(text)}`).then(async (answer) => {
      const menu = document.createElement('div');
      menu.className = 'menu mentions';
      menu.setAttribute('role', 'listbox');
      menu.innerHTML = answer.ok ? await answer.text() : '';
      return { matched: menu.childElementCount > 0, fragment: menu };
    }),
  );
}

function insertMention(event: Event): void {
  const detail = (event as CustomEvent<{ item: HTMLElement; value?: string }>).detail;
  detail.value = `@${detail.item.dataset['handle'] ?? detail.item.textContent?.trim() ?? ''}`;
}

/** The element writes the value without telling; the draft has to hear of it. */
function tellInput(event: Event): void {
  (event as CustomEvent<{ input: HTMLElement }>).detail.input.dispatchEvent(new Event('input', { bubbles: true }));
}

function unreachable(event: Event): void {
  if (event.defaultPrevented) return;
  event.preventDefault(); // Turbo would show the browser's own page in place of the desk
  document.documentElement.removeAttribute('aria-busy');
  toast('line', { text: 'The desk does not answer. Nothing was changed.', icon: 'alert', alert: true });
}

/** An answer without the expected frame (the log-in page, an error) is shown as the page that it is. */
function wholePage(event: Event): void {
  const { response, visit } = (event as CustomEvent<{ response: Response; visit: (to: Response) => void }>).detail;
  event.preventDefault();
  visit(response);
}
