import './elements/desk-time';
import './elements/details-form';
import './elements/log-upload';

// The customers' pages work without any of this. It writes times in the reader's zone, keeps the form of details as it is
// typed and takes large files for it, does the proof of work that the form may ask for, and tells a page that shows the form in
// a frame how tall it is.
const form = document.querySelector<HTMLFormElement>('form[data-bits]');
if (form && Number(form.dataset['bits']) > 0) work(form, Number(form.dataset['bits']));
if (window.parent !== window && document.body.hasAttribute('data-embedded')) tellHeight();

/** Looks for a word whose SHA-256 behind the stamp begins with so many zero bits; whoever sends earlier waits for it. */
function work(form: HTMLFormElement, bits: number): void {
  const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement;
  const words = form.querySelector('[data-work]');
  const stamp = field('stamp').value;
  let waits: HTMLElement | null | undefined;
  form.addEventListener('submit', (event) => {
    if (field('proof').value || !crypto.subtle) return;
    event.preventDefault();
    waits = event.submitter;
    if (words) words.textContent = 'Sending. Your browser works for a moment, to show that it is no spam.';
  });
  if (!crypto.subtle) return;
  void proof(stamp, bits).then((found) => {
    field('proof').value = found;
    if (waits !== undefined) form.requestSubmit(waits);
  });
}

async function proof(stamp: string, bits: number): Promise<string> {
  const text = new TextEncoder();
  for (let tried = 0; ; tried += 1) {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text.encode(`${stamp}:${tried}`)));
    if (zeros(digest) >= bits) return String(tried);
  }
}

function zeros(digest: Uint8Array): number {
  let count = 0;
  for (const byte of digest) {
    count += Math.clz32(byte) - 24;
    if (byte) break;
  }
  return count;
}

function tellHeight(): void {
  const main = document.querySelector('main');
  if (!main) return;
  // The document is never lower than its frame: what counts is where its content ends.
  const tell = () => window.parent.postMessage({ casedesk: 'height', px: Math.ceil(main.getBoundingClientRect().bottom + window.scrollY) }, '*');
  new ResizeObserver(tell).observe(main);
  tell();
}
