// One socket per tab. The server says *that* something changed, never *what*; the page then asks for that fragment.
import { refetchVisible, showPresence, takeAlarm, takeAlarms, takeCall, takeCase, takeCounts, takeNotice, type Agent } from './live-apply';
import { offline, online } from './offline';

type Message =
  | { kind: 'hello'; event: number }
  | { kind: 'presence'; case: number; agents: Agent[] }
  | { kind: 'counts' | 'alarm' | 'call' | 'many' | 'notice' | 'seen'; event?: number }
  | { kind: string; event: number; case: number };

const first_wait_ms = 500;
const longest_wait_ms = 30_000;
const idle_after_ms = 180_000;
const many_wait_ms = 3_000; // such notices come in rows
const typing_every_ms = 4_000;

let socket: WebSocket | undefined;
let tries = 0;
let lastEvent = 0;
const asked = new WeakMap<Element, number>(); // what was known of when the page, or a frame, was asked for
let looking: number | undefined;
let typingSaid_ms = -Infinity;
let idleTimer: number | undefined;
let idle = false;

export function startLive(): void {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="live"]');
  if (!meta) return;
  lastEvent = Number(meta.dataset['event']);
  connect();
  document.addEventListener('turbo:before-fetch-request', ({ target }) => asked.set(place(target), lastEvent));
  document.addEventListener('turbo:load', arrived);
  document.addEventListener('turbo:frame-load', shown);
  document.addEventListener('visibilitychange', () => (document.hidden ? sayIdle() : wake()));
  for (const type of ['pointerdown', 'keydown']) document.addEventListener(type, wake, { passive: true });
  window.addEventListener('online', () => socket ?? connect());
  document.addEventListener('draft:typing', (event) => sayTyping((event as CustomEvent<number>).detail));
}

/** A whole page came: its rail and its alarms are asked for apart, so that no page waits for a count. */
function arrived(): void {
  shown({ target: document });
  takeCounts(0);
  takeAlarms();
}

/** What happened while a page or frame was on its way was told to the one before: it is read anew. */
function shown({ target }: { target: EventTarget | null }): void {
  sayLooking();
  const known = asked.get(place(target)) ?? lastEvent;
  asked.delete(place(target));
  if (known < lastEvent) refetchVisible();
}

/** What is filled by the answer: a frame, or the page. */
function place(target: EventTarget | null): Element {
  return target instanceof Element && target.matches('turbo-frame') ? target : document.documentElement;
}

function connect(): void {
  const url = document.querySelector<HTMLMetaElement>('meta[name="live"]')?.content;
  if (!url) return;
  const here = new URL(url, location.href);
  here.protocol = here.protocol.replace('http', 'ws');
  socket = new WebSocket(here);
  socket.addEventListener('message', ({ data }) => receive(String(data)));
  socket.addEventListener('close', lost);
}

function lost(): void {
  socket = undefined;
  document.documentElement.removeAttribute('data-live');
  tries += 1;
  const wait_ms = Math.min(longest_wait_ms, first_wait_ms * 2 ** Math.min(tries, 8));
  const jittered_ms = wait_ms / 2 + Math.random() * (wait_ms / 2); // so that 200 consoles do not come back as one
  if (tries > 1) offline();
  window.setTimeout(() => socket ?? connect(), jittered_ms);
}

function receive(lines: string): void {
  for (const line of lines.split('\n')) if (line.trim()) take(JSON.parse(line) as Message);
}

function take(message: Message): void {
  switch (message.kind) {
    case 'hello':
      return welcome((message as { event: number }).event);
    case 'presence':
      return showPresence((message as { case: number }).case, (message as { agents: Agent[] }).agents);
    case 'counts':
      takeAlarms();
      return takeCounts();
    case 'alarm':
      return takeAlarms();
    case 'call':
      return takeCall();
    case 'notice':
      takeNotice();
      return takeCounts();
    case 'seen':
      return takeCounts(0); // they have read a case, here or on another page
    case 'many':
      lastEvent = Math.max(lastEvent, (message as { event: number }).event);
      return refetchVisible(many_wait_ms);
    default: {
      const { event, case: number } = message as { event: number; case: number };
      if (event) lastEvent = Math.max(lastEvent, event);
      if (number) takeCase(number);
      if (number && /^promise_/.test(message.kind)) takeAlarm(number);
      takeCounts();
    }
  }
}

/** A server that is further on than this page, or than we were when the line broke, has told others: read it again. */
function welcome(event: number): void {
  const missed = event !== lastEvent;
  if (tries > 0) online(missed);
  tries = 0;
  lastEvent = event;
  looking = undefined;
  if (idle) say({ idle });
  else sayLooking();
  document.documentElement.toggleAttribute('data-live', true);
  if (missed) refetchVisible();
}

function say(message: object): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function sayLooking(): void {
  const shown = document.querySelector<HTMLElement>('[data-looking-at]')?.dataset['lookingAt'];
  const number = shown ? Number(shown) : undefined;
  if (number === looking || document.hidden) return;
  looking = number;
  say({ look: number ?? null });
}

function sayTyping(number: number): void {
  const now_ms = performance.now();
  if (now_ms - typingSaid_ms < typing_every_ms) return;
  typingSaid_ms = now_ms;
  say({ typing: number });
}

function sayIdle(): void {
  if (idle) return;
  idle = true;
  looking = undefined;
  say({ idle: true });
}

function wake(): void {
  window.clearTimeout(idleTimer);
  idleTimer = window.setTimeout(sayIdle, idle_after_ms);
  if (!idle) return;
  idle = false;
  say({ look: null }); // also where no case is shown: somebody is here again
  sayLooking();
}
