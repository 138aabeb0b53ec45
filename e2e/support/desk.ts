// Where the desk of the specs is, who works there, and how mail is handed to it.
import { connect } from 'node:net';

// Each worker has a desk of its own. Another run on the same machine takes other ports: SPECS_PORT=4800.
const first = Number(process.env['SPECS_PORT'] ?? 4731) + 10 * Number(process.env['TEST_PARALLEL_INDEX'] ?? 0);
export const ports = { http: first, lmtp: first + 1, smtp: first + 2, site: first + 3, empty: first + 4 };
export const origin = `http://localhost:${ports.http}`;
/** Another site, which shows the desk's form. */
export const site = `http://127.0.0.1:${ports.site}`;
export const password = 'a-long-password-for-specs-7';
export const agents = {
  aoife: { name: 'Aoife Ní Bhriain', email: 'aoife@desk.example', role: 'admin' },
  lukasz: { name: 'Łukasz Wiśniewski', email: 'lukasz@desk.example', role: 'agent' },
} as const;

export interface Mail {
  from: string;
  subject: string;
  text: string;
  /** Whose answer it is, by Message-ID. */
  answers?: string;
  id?: string;
  /** A copy's address. */
  cc?: string;
  html?: string;
}

let sent = 0;

/** A mail as its bytes. */
export function written({ from, subject, text, answers, id, cc, html }: Mail): string {
  const name = id ?? `${++sent}.${process.pid}.${Date.now()}@customer.example`;
  const head = [
    `From: ${from}`,
    'To: support@desk.example',
    ...(cc ? [`Cc: ${cc}`] : []),
    `Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=`,
    `Message-ID: <${name}>`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
    ...(answers ? [`In-Reply-To: <${answers}>`, `References: <${answers}>`] : []),
  ];
  const part = (type: string, body: string) => `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(body).toString('base64')}\r\n`;
  if (!html) return `${head.join('\r\n')}\r\n${part('text/plain', text)}`;
  return `${head.join('\r\n')}\r\nContent-Type: multipart/alternative; boundary=cut\r\n\r\n--cut\r\n${part('text/plain', text)}--cut\r\n${part('text/html', html)}--cut--\r\n`;
}

/** Hands a mail over by LMTP (RFC 2033), as the team's mail server does. Resolves when the desk has it. */
export async function deliver(mail: Mail): Promise<void> {
  const address = /<(.+)>/.exec(mail.from)?.[1] ?? mail.from;
  const body = written(mail).replace(/^\./gm, '..');
  const steps = ['LHLO specs.example', `MAIL FROM:<${address}>`, 'RCPT TO:<support@desk.example>', 'DATA', `${body}\r\n.`, 'QUIT'];
  await new Promise<void>((resolve, reject) => {
    const socket = connect(ports.lmtp, '127.0.0.1');
    let lines = '';
    socket.setEncoding('utf8').on('error', reject).on('close', () => resolve());
    socket.on('data', (chunk) => {
      lines += chunk;
      const answers = lines.split('\r\n').filter((line) => /^\d{3} /.test(line));
      if (!lines.endsWith('\r\n') || answers.length === 0) return;
      lines = '';
      if (/^[45]/.test(answers.at(-1) ?? '')) return reject(new Error(`The desk refused the mail: ${answers.at(-1)}`));
      const step = steps.shift();
      if (step) socket.write(`${step}\r\n`);
    });
  });
}
