// Turbo ships no types of its own. Only what this code uses is described.
declare module '@hotwired/turbo' {
  export interface StreamElement extends HTMLElement {
    readonly targetElements: Element[];
    readonly templateContent: DocumentFragment;
    readonly templateElement: HTMLTemplateElement;
    performAction(): Promise<void>;
  }
  export const StreamActions: Record<string, (this: StreamElement) => void>;
  export const config: {
    drive: { enabled: boolean; progressBarDelay: number };
    forms: { mode: 'on' | 'off' | 'optin'; confirm: (message: string, form: HTMLFormElement) => boolean | Promise<boolean> };
  };
  export function renderStreamMessage(message: string): void;
  export function visit(location: string, options?: { action?: 'advance' | 'replace'; frame?: string }): void;
}
