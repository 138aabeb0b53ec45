import { el } from './dom';
import type { Agent } from './live-apply';

const grounds = 6;
const doing: Record<Agent['doing'], string> = { typing: 'writing', looking: 'looking', away: 'away' };

/** The little circles in the head of a case. */
export function avatars(holder: HTMLElement, agents: Agent[]): void {
  const phrase = agents.map((agent) => `${agent.name} is ${doing[agent.doing]}`).join(', ');
  holder.hidden = agents.length === 0;
  holder.setAttribute('aria-label', `Also here: ${phrase}`);
  holder.replaceChildren(
    ...agents.map((agent) => {
      const circle = el('span', { class: 'av', 'data-who': String((agent.id % grounds) + 1), 'data-live': agent.doing === 'away' ? 'away' : '', 'aria-hidden': 'true' }, agent.initials);
      return el('span', { title: `${agent.name}, ${doing[agent.doing]}` }, circle);
    }),
  );
}

/** The line above the composer: only who writes, because only that can collide with what I write. */
export function words(holder: HTMLElement, agents: Agent[]): void {
  const writers = agents.filter((agent) => agent.doing === 'typing');
  holder.hidden = writers.length === 0;
  const names = writers.map((agent) => agent.name).join(' and ');
  const text = writers.length === 0 ? '' : `${names} ${writers.length === 1 ? 'is' : 'are'} writing`;
  if (holder.dataset['text'] === text) return; // so that a screen reader hears it once
  holder.dataset['text'] = text;
  const dots = el('span', { class: 'typing', 'aria-hidden': 'true' }, el('i'), el('i'), el('i'));
  holder.replaceChildren(...(text ? [document.createTextNode(text), dots] : []));
}
