// A registry mirror that lacks other platforms' binary packages makes npm leave them out of package-lock.json, and then
// `npm ci` refuses the lock file everywhere. This adds an entry for each such optional package, bound to its platform, so
// that it is never fetched on another one. Run after `npm install` changed the lock file.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const file = path.resolve(import.meta.dirname, '..', 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const OS = ['android', 'darwin', 'freebsd', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'aix', 'win32', 'linux'];
const CPU = [
  'arm64',
  'aarch64',
  'x64',
  'ia32',
  'arm',
  'armv7',
  'armv6l',
  'ppc64',
  'ppc',
  'riscv64',
  's390x',
  'loong64',
  'mips64el',
  'wasm32',
  'x86',
];

const platformOf = name => {
  const words = name.split(/[-/]/);
  return { os: [OS.find(os => words.includes(os)) ?? 'none'], cpu: [CPU.find(cpu => words.includes(cpu)) ?? 'none'] };
};

for (const [location, entry] of Object.entries(lock.packages))
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const places = [`${location}/node_modules/${name}`, `node_modules/${name}`];
    if (places.some(place => lock.packages[place])) continue;
    lock.packages[`node_modules/${name}`] = {
      version: range.replace(/^[\^~>=]+/, ''),
      optional: true,
      ...platformOf(name),
    };
    console.log(`added ${name}`);
  }
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
