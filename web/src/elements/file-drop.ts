import { define, el, icon, request } from '../dom';
import { toast } from '../toasts';
import { bytes } from '../words';

/**
 * `<file-drop data-url="/cases/42/files" data-limit="26214400">` around a text: files come by button, drop and paste, go up
 * one by one with progress, and become a chip with a hidden field. A refused file says why, and the text is untouched.
 */
class FileDrop extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener('dragover', this.#over);
    this.addEventListener('dragleave', (event) => this.contains(event.relatedTarget as Node) || this.removeAttribute('data-over'));
    this.addEventListener('drop', this.#drop);
    this.addEventListener('paste', this.#paste);
    this.addEventListener('change', this.#chosen);
    this.addEventListener('click', this.#clicked);
    const composer = this.closest('case-composer');
    composer?.addEventListener('files:clear', () => this.#shelf.replaceChildren());
    composer?.addEventListener('files:add', (event) => (event as CustomEvent<Element[]>).detail.forEach((chip) => this.#show(chip)));
  }

  get #shelf(): HTMLElement {
    return this.querySelector('[data-files]') as HTMLElement;
  }

  /** A file of the draft, unless it stands here already. */
  #show(chip: Element): void {
    const id = chip.querySelector('input')?.value;
    if (![...this.#shelf.querySelectorAll('input')].some((field) => field.value === id)) this.#shelf.append(chip);
  }

  #over = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.toggleAttribute('data-over', true);
  };

  #drop = (event: DragEvent): void => {
    this.removeAttribute('data-over');
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    this.#take(event.dataTransfer.files);
  };

  #paste = (event: ClipboardEvent): void => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    this.#take(event.clipboardData.files);
  };

  #chosen = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    if (input.type !== 'file' || !input.files) return;
    this.#take(input.files);
    input.value = '';
  };

  #clicked = (event: Event): void => {
    const target = event.target as Element;
    if (target.closest('[data-attach]')) this.querySelector<HTMLInputElement>('input[type="file"]')?.click();
    const remove = target.closest('[data-remove-file]');
    if (!remove) return;
    const chip = remove.closest('.file');
    const id = chip?.querySelector('input')?.value;
    if (id) void request(`${this.dataset['url']}/${id}`, { method: 'DELETE' }).catch(() => undefined);
    chip?.remove();
    this.#changed();
  };

  #take(files: FileList): void {
    const limit = Number(this.dataset['limit'] ?? 0);
    for (const file of files) {
      if (limit && file.size > limit) toast(`file-${file.name}`, { text: `${file.name} is ${bytes(file.size)}; a mail takes ${bytes(limit)}. Send a link instead.`, icon: 'alert', alert: true });
      else this.#upload(file);
    }
  }

  #upload(file: File): void {
    const size = el('span', { class: 't3' }, '0 %');
    const remove = el('button', { type: 'button', 'aria-label': `Remove ${file.name}`, 'data-remove-file': true }, icon('x', 's'));
    const chip = el('span', { class: 'file', 'aria-busy': 'true' }, icon('file', 's'), el('span', { class: 'ell' }, file.name), size, remove);
    this.#shelf.append(chip);
    const body = new FormData();
    body.append('file', file, file.name || 'pasted-image.png');
    const upload = new XMLHttpRequest(); // fetch cannot tell how far an upload is
    upload.open('POST', this.dataset['url'] ?? '');
    upload.setRequestHeader('Accept', 'application/json');
    upload.upload.addEventListener('progress', ({ loaded, total }) => (size.textContent = `${Math.round((loaded / total) * 100)} %`));
    upload.addEventListener('load', () => (upload.status < 300 ? this.#arrived(chip, size, file, upload) : this.#refused(chip, file)));
    upload.addEventListener('error', () => this.#refused(chip, file));
    remove.addEventListener('click', () => upload.abort());
    upload.send(body);
  }

  #arrived(chip: HTMLElement, size: HTMLElement, file: File, upload: XMLHttpRequest): void {
    const { id } = JSON.parse(upload.responseText) as { id: number | string };
    chip.removeAttribute('aria-busy');
    chip.append(el('input', { type: 'hidden', name: 'attachment', value: String(id) }));
    size.textContent = bytes(file.size);
    this.#changed();
  }

  #refused(chip: HTMLElement, file: File): void {
    chip.remove();
    const action = { label: 'Try again', run: () => this.#upload(file) };
    toast(`file-${file.name}`, { text: `${file.name} did not go up.`, icon: 'alert', alert: true, action });
  }

  #changed(): void {
    this.dispatchEvent(new CustomEvent('draft:changed', { bubbles: true }));
  }
}

define('file-drop', FileDrop);
