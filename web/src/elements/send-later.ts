import { define } from '../dom';
import { dayAndClock } from '../words';

const hour_ms = 3_600_000;

/** Fills the times of the "Send later" menu in this reader's zone: `<button name="send_at" data-later="hour|morning|monday">`. */
class SendLater extends HTMLElement {
  connectedCallback(): void {
    this.closest('menu-button')?.addEventListener('menu:open', () => this.#fill());
    this.#fill();
  }

  #fill(): void {
    for (const button of this.querySelectorAll<HTMLButtonElement>('[data-later]')) {
      const at = moment(button.dataset['later'] ?? 'hour');
      button.value = at.toISOString();
      const words = button.querySelector('small');
      if (words) words.textContent = dayAndClock(at);
    }
    const own = this.querySelector<HTMLInputElement>('input[type="datetime-local"]');
    const send = this.querySelector<HTMLButtonElement>('[data-later-own]');
    if (!own || !send) return;
    own.oninput = () => {
      send.value = own.value ? new Date(own.value).toISOString() : '';
      send.disabled = !own.value;
    };
    own.onkeydown = (event) => {
      if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      send.click();
    };
  }
}

function moment(name: string): Date {
  const at = new Date();
  if (name === 'hour') return new Date(at.getTime() + hour_ms);
  const days = name === 'monday' ? (8 - at.getDay()) % 7 || 7 : 1;
  at.setDate(at.getDate() + days);
  at.setHours(8, 0, 0, 0);
  return at;
}

define('send-later', SendLater);
