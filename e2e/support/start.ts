// Starts the real binary on a fresh data folder, with two agents and a few mails in it.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { agents, deliver, origin, password, ports, site } from './desk';
import { startRelay } from './relay';

const binaries = [process.env['DESK_BINARY'], '../target/debug/casedesk', '../target/release/casedesk'];

/** 32 bytes, as the telephone system of the specs signs with them. */
export const phoneSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const settings = (data: string) => `
[server]
listen = "127.0.0.1:${ports.http}"
public_url = "${origin}"
data = "${data}"
[mail]
from = "support@desk.example"
undo_s = 6
[mail.smtp]
host = "127.0.0.1"
port = ${ports.smtp}
security = "none"
[mail.listener]
listen = "127.0.0.1:${ports.lmtp}"
protocol = "lmtp"
[webhooks]
allow_private = true
[phone]
webhook_secret = "${phoneSecret}"
[forms]
embed_origins = ["${site}"]
min_time_s = 0
proof_of_work_bits = 8
`;

function program(): string {
  const binary = binaries.filter((path) => path !== undefined).map((path) => resolve(import.meta.dirname, '..', path)).find((path) => existsSync(path));
  if (!binary) throw new Error('There is no casedesk binary. Build it, or name one in DESK_BINARY.');
  return binary;
}

/** A desk as it is when somebody has just installed it, and the link that it prints. */
export async function startEmpty(): Promise<{ link: string; stop: () => Promise<void> }> {
  const data = mkdtempSync(join(tmpdir(), 'casedesk-empty-'));
  const address = `127.0.0.1:${ports.empty}`;
  const env = { ...process.env, CASEDESK_SERVER__DATA: data, CASEDESK_SERVER__LISTEN: address, CASEDESK_SERVER__PUBLIC_URL: `http://localhost:${ports.empty}` };
  const desk = spawn(program(), ['serve'], { env, cwd: data, stdio: ['ignore', 'pipe', 'ignore'] });
  let printed = '';
  desk.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
  await answering(`http://${address}/health`);
  const stop = async () => {
    desk.kill('SIGTERM');
    await new Promise((done) => desk.once('exit', done));
    rmSync(data, { recursive: true, force: true });
  };
  return { link: /first administrator here: (\S+)/.exec(printed)?.[1] ?? '', stop };
}

export async function start(): Promise<() => Promise<void>> {
  const binary = program();
  const data = mkdtempSync(join(tmpdir(), 'casedesk-specs-'));
  const config = join(data, 'casedesk.toml');
  writeFileSync(config, settings(data));
  for (const { name, email, role } of Object.values(agents)) {
    execFileSync(binary, ['--config', config, 'agent', 'add', '--name', name, '--email', email, '--role', role, '--team', 'Support', '--password-stdin'], { input: password });
  }
  const relay = startRelay();
  const desk = spawn(binary, ['--config', config, 'serve'], { stdio: process.env['DESK_LOG'] ? 'inherit' : 'ignore' });
  await answering(`${origin}/health`);
  await fill();
  return async () => {
    desk.kill('SIGTERM');
    await new Promise((done) => desk.once('exit', done));
    relay.stop();
    rmSync(data, { recursive: true, force: true });
  };
}

async function answering(url: string): Promise<void> {
  for (const give_up_ms = Date.now() + 30_000; Date.now() < give_up_ms; ) {
    if (await fetch(url).then((answer) => answer.status < 500, () => false)) return;
    await new Promise((again) => setTimeout(again, 100));
  }
  throw new Error(`${url} does not answer.`);
}

async function fill(): Promise<void> {
  const long = Array.from({ length: 30 }, (_, line) => `Line ${line} of a long report, so that the timeline has to scroll.`).join('\n\n');
  await deliver({ from: 'Ingvild Sørbø <ingvild@kveb.example>', subject: 'All SFTP partners refused', text: `Good evening,\n\n    $ sftp kveb@fts\n    no matching host key\n\n${long}`, id: 'sftp@kveb.example', html: '<p>Good <b>evening</b></p><img src="https://elsewhere.example/pixel.gif">' });
  await deliver({ from: 'Thandiwe Nkosi <thandiwe@umgeni.example>', subject: 'Folder monitor stops', text: 'It stops when the NAS fails over.', id: 'nas@umgeni.example' });
  await deliver({ from: 'Rasmus Lindqvist <rasmus@nordhamn.example>', subject: 'Can SharePoint be a source?', text: 'With delta sync?', id: 'share@nordhamn.example' });
  await deliver({ from: '田中 美咲 <tanaka@seisan.example>', subject: 'MDN から署名が消えた', text: 'お世話になっております。', id: 'mdn@seisan.example' });
}
