// Bundles src/ and css/ into dist/: hashed names, manifest.json (plain name → hashed name), and a .br and .gz beside
// every file, so that the server only ever copies bytes. `--weigh` fails when the first page grows too heavy.
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createHash } from 'node:crypto';
import * as esbuild from 'esbuild';

const out = 'dist';
const firstPageLimitKb = 110; // assets only: the page itself may use the rest of 150
const watch = process.argv.includes('--watch');

// Turbo writes a style element for its progress bar, which the Content-Security-Policy refuses. Ours is in live.css.
const withoutInlineStyle = {
  name: 'turbo-without-inline-style',
  setup(build) {
    build.onLoad({ filter: /@hotwired[\\/]turbo[\\/]dist[\\/].*esm\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const contents = source.replace(/(installStylesheetElement\(\) \{)[^}]*\}/, '$1}');
      if (contents === source) throw new Error('Turbo no longer installs its style element here: look again.');
      return { contents, loader: 'js' };
    });
  },
};

const options = {
  entryPoints: ['src/app.ts', 'src/theme.ts', 'src/public.ts', 'src/embed.ts', 'css/app.css'],
  outdir: out,
  entryNames: '[name]-[hash]',
  bundle: true,
  minify: !watch,
  format: 'esm',
  target: ['chrome125', 'firefox128', 'safari17.5'],
  sourcemap: watch ? 'inline' : false,
  legalComments: 'linked',
  charset: 'utf8',
  metafile: true,
  logLevel: 'warning',
  plugins: [withoutInlineStyle],
};

function copyStatic(manifest) {
  for (const file of readdirSync('static')) {
    const bytes = readFileSync(`static/${file}`);
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8).toUpperCase();
    const name = file.replace(/(\.[^.]+)$/, `-${hash}$1`);
    cpSync(`static/${file}`, `${out}/${name}`);
    manifest[file] = name;
  }
}

function finish(result) {
  const manifest = {};
  for (const [path, { entryPoint }] of Object.entries(result.metafile.outputs)) {
    if (entryPoint) manifest[basename(entryPoint).replace(/\.ts$/, '.js')] = basename(path);
  }
  copyStatic(manifest);
  for (const name of readdirSync(out)) {
    if (!/\.(js|css|svg|txt)$/.test(name)) continue;
    const bytes = readFileSync(`${out}/${name}`);
    writeFileSync(`${out}/${name}.gz`, gzipSync(bytes, { level: 9 }));
    writeFileSync(`${out}/${name}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  }
  writeFileSync(`${out}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

function weigh(manifest) {
  let total = 0;
  for (const plain of ['app.js', 'theme.js', 'app.css']) {
    const size = readFileSync(`${out}/${manifest[plain]}.gz`).length;
    total += size;
    console.log(`${plain.padEnd(10)} ${(size / 1024).toFixed(1)} KB gzip`);
  }
  console.log(`together   ${(total / 1024).toFixed(1)} KB of ${firstPageLimitKb}`);
  if (total > firstPageLimitKb * 1024) throw new Error('The first page is too heavy.');
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
if (watch) {
  const emit = { name: 'finish', setup: (build) => build.onEnd((result) => void (result.metafile && finish(result))) };
  await (await esbuild.context({ ...options, plugins: [withoutInlineStyle, emit] })).watch();
} else {
  weigh(finish(await esbuild.build(options)));
}
