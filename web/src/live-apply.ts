// What a live message does to the page: fetch the changed fragment once, render its streams, touch nothing else.
import { renderStreamMessage } from '@hotwired/turbo';
import { newestEntry, request, streams } from './dom';
import { avatars, words } from './presence';

export interface Agent {
  id: number;
  name: string;
  initials: string;
  doing: 'typing' | 'looking' | 'away';
}

const spread_ms = 100; // consoles that hear the same event ask at slightly different times
const counts_wait_ms = 1_500;
const most_rows = 200; // the desk answers no more at once
const pending = new Map<string, number>();

/** Fetches a fragment soon, and only once, however many events ask for it meanwhile. */
function soon(key: string, wait_ms: number, url: () => string | undefined): void {
  if (pending.has(key)) return;
  const run = async () => {
    pending.delete(key);
    const address = url();
    if (!address) return;
    const response = await request(address, { accept: streams }).catch(() => undefined);
    if (response?.status === 401 || response?.redirected) return location.reload(); // logged out: the login page knows where to come back to
    if (!response?.ok || !response.headers.get('Content-Type')?.startsWith(streams)) return;
    renderStreamMessage(await response.text());
  };
  pending.set(key, window.setTimeout(() => void run(), wait_ms + Math.random() * spread_ms));
}

export function takeCase(number: number): void {
  soon(`case-${number}`, 0, () => partsUrl(number));
  for (const list of document.querySelectorAll<HTMLElement>('case-list[data-rows-url]')) {
    soon(`${list.id}-${number}`, list.matches(':hover') ? 2_000 : 0, () => rowUrl(list, number));
  }
}

export function takeCounts(wait_ms = counts_wait_ms): void {
  soon('rail', wait_ms, () => (document.getElementById('rail-views') ? '/rail' : undefined));
}

export function takeAlarms(): void {
  soon('alarms', 0, () => '/alarms');
}

/** A promise is about to be broken: whom it concerns is the server's to say. */
export function takeAlarm(number: number): void {
  soon(`alarm-${number}`, 0, () => `/cases/${number}/alarm`);
}

/** The telephone was answered: which call it is. */
export function takeCall(): void {
  soon('call', 0, () => '/calls/pop');
}

/** Something concerns the agent: what it is, unless the page shows that very case. */
export function takeNotice(): void {
  soon('notice', 0, () => {
    const shown = document.hidden ? undefined : document.querySelector<HTMLElement>('[data-looking-at]')?.dataset['lookingAt'];
    return shown ? `/notices/pop?looking=${shown}` : '/notices/pop';
  });
}

function rowUrl(list: HTMLElement, number: number): string | undefined {
  if (!list.isConnected) return undefined;
  const row = list.querySelector(`.case-row[data-case="${number}"]`);
  const place = `known=${row !== null}&current=${row?.hasAttribute('aria-current') ?? false}`;
  return `${list.dataset['rowsUrl']}/${number}?${place}&${list.dataset['rowsQuery'] ?? ''}`;
}

/** As many rows as are shown; of a very long list each goes on by itself. */
function rowsUrl(list: HTMLElement): string | undefined {
  const shown = list.querySelectorAll('.case-row').length;
  if (!list.isConnected || shown > most_rows) return undefined;
  return `${list.dataset['rowsUrl']}?shown=${shown}&${list.dataset['rowsQuery'] ?? ''}`;
}

function partsUrl(number: number): string | undefined {
  const shown = document.querySelector<HTMLElement>(`[data-looking-at="${number}"]`);
  const url = shown?.dataset['partsUrl'];
  if (!url) return undefined;
  return `${url}?since=${newestEntry(shown)}`;
}

/** After a broken line, or when many cases changed: everything that is on the screen, and nothing that is not. */
export function refetchVisible(wait_ms = 0): void {
  const shown = document.querySelector<HTMLElement>('[data-looking-at]')?.dataset['lookingAt'];
  if (shown) soon(`case-${shown}`, wait_ms, () => partsUrl(Number(shown)));
  for (const list of document.querySelectorAll<HTMLElement>('case-list[data-rows-url]')) {
    soon(list.id, wait_ms, () => rowsUrl(list));
  }
  takeCounts(wait_ms || counts_wait_ms);
}

export function showPresence(number: number, agents: Agent[]): void {
  const me = document.querySelector<HTMLMetaElement>('meta[name="agent"]')?.content;
  const others = agents.filter((agent) => String(agent.id) !== me);
  document.querySelectorAll(`[data-presence="${number}"]`).forEach((node) => avatars(node as HTMLElement, others));
  document.querySelectorAll(`[data-presence-words="${number}"]`).forEach((node) => words(node as HTMLElement, others));
}
