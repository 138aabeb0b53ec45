import { define } from '../dom';

// Clock times rather than "3 hours ago": a support agent compares them with log lines. So no relative-time element.
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const dayYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const whole = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });
const minute_ms = 60_000;
const day_ms = 24 * 60 * minute_ms;
const week_ms = 6 * day_ms;
const shown = new Set<DeskTime>();

/**
 * `<desk-time data-form="list|entry|due|left|until"><time datetime="…">words for no script</time></desk-time>` in the reader's zone.
 * list: 14:02, Fri, 3 Oct 2025 · entry: Fri 14:02, 3 Oct, 14:02 · until: 15:20
 * due: 1 h 11 min, 12 min over · left: in 1 h 11 min, 12 min over
 */
class DeskTime extends HTMLElement {
  static observedAttributes = ['data-form'];

  connectedCallback(): void {
    shown.add(this);
    this.render();
  }

  disconnectedCallback(): void {
    shown.delete(this);
  }

  attributeChangedCallback(): void {
    this.render();
  }

  render(): void {
    const time = this.querySelector('time');
    const at = new Date(time?.dateTime ?? '');
    if (!time || Number.isNaN(at.getTime())) return;
    const text = phrase(at, this.dataset['form'] ?? 'list');
    if (time.textContent !== text) time.textContent = text;
    time.title ||= whole.format(at);
    if (/^(due|left)$/.test(this.dataset['form'] ?? '')) this.dataset['tone'] = tone(at);
  }
}

function phrase(at: Date, form: string): string {
  const now = new Date();
  const age_ms = now.getTime() - at.getTime();
  const today = at.toDateString() === now.toDateString();
  const near = Math.abs(age_ms) < week_ms;
  if (form === 'due') return due(-age_ms);
  if (form === 'left') return age_ms > 0 ? due(-age_ms) : `in ${due(-age_ms)}`;
  if (form === 'until') return today ? clock.format(at) : `${near ? weekday.format(at) : day.format(at)} ${clock.format(at)}`;
  if (form === 'entry') return today ? clock.format(at) : near ? `${weekday.format(at)} ${clock.format(at)}` : `${at.getFullYear() === now.getFullYear() ? day.format(at) : dayYear.format(at)}, ${clock.format(at)}`;
  if (today) return clock.format(at);
  if (near) return weekday.format(at);
  return at.getFullYear() === now.getFullYear() ? day.format(at).replace(/^\w+,? /, '') : dayYear.format(at);
}

export function span(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / minute_ms));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return days < 3 && hours % 24 ? `${days} d ${hours % 24} h` : `${days} d`;
}

function due(left_ms: number): string {
  return left_ms < 0 ? `${span(-left_ms)} over` : span(left_ms);
}

function tone(at: Date): string {
  const left_ms = at.getTime() - Date.now();
  return left_ms < 30 * minute_ms ? 'bad' : left_ms < 120 * minute_ms ? 'warn' : '';
}

window.setInterval(() => shown.forEach((time) => time.render()), minute_ms / 2);
document.addEventListener('turbo:morph-element', ({ target }) => (target as Element).closest<DeskTime>('desk-time')?.render?.());
define('desk-time', DeskTime);
