import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { evaluated } from './evaluated.ts';
import { lazyBuiltins } from './lazy-builtins.ts';
import { publish } from './publish.ts';
import { withoutReference } from './without-reference.ts';

/** What a function's folder under dist/ holds. */
export interface Bundle {
  /** The function's folder name: `firehose-transform`. */
  readonly name: string;
  readonly directory: string;
  /** Size of index.cjs in bytes, without the modules beside it. */
  readonly bytes: number;
  readonly metafile: Metafile;
}

const FUNCTIONS = 'functions';
const OUTPUT = 'dist';
/** On the same disk as OUTPUT, so that files can be moved there. */
const STAGING = '.serverless';
/** Folders of modules that are imported when first needed: SDK clients, and what single steps use. */
const BESIDE = ['shared/platform/aws', 'shared/enrich/libraries', 'shared/mask/libraries'];
const COUNTRY_DATABASE = 'node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';
const GEO_IP = 'shared/enrich/geo-ip.ts';

const SETTINGS = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  // Without keepNames, a tenth smaller: errors carry their own names, and nothing else reads one.
  minify: true,
  legalComments: 'none',
  metafile: true,
  // By `require`: an `import` of node:http runs all that is lazy in it, WebSockets too, for 25 ms of each start.
  supported: { 'dynamic-import': false },
  logLevel: 'warning',
} satisfies BuildOptions;

/** Modules that are imported when first needed are files beside the bundle: start-up does not read what it may never use. */
const modulesBeside: Plugin = {
  name: 'modules-beside',
  setup(builder) {
    builder.onResolve({ filter: /\/[\w-]+\.ts$/ }, ({ path, kind, resolveDir }) => {
      const folder = BESIDE.find((each) => resolve(resolveDir, dirname(path)) === resolve(each));
      if (kind !== 'dynamic-import' || folder === undefined) return undefined;
      return { path: `./${basename(folder)}/${basename(path, '.ts')}.cjs`, external: true };
    });
  },
};

/** Every folder of functions/ that has a handler. */
export async function functionNames(): Promise<readonly string[]> {
  const entries = await readdir(FUNCTIONS, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(join(FUNCTIONS, entry.name, 'handler.ts')))
    .map((entry) => entry.name)
    .sort();
}

/** Bundles every function into dist/<name>/index.cjs, with the files it needs beside it. */
export async function bundleAll(): Promise<readonly Bundle[]> {
  const names = await functionNames();
  await mkdir(STAGING, { recursive: true });
  const staging = await mkdtemp(join(STAGING, 'bundles-'));
  try {
    const beside = once(() => bundleBeside(join(staging, 'beside')));
    const bundles = names.map((name) => bundleOne(name, join(staging, 'functions', name), beside));
    // Each has ended, well or not, before the folder they write to goes.
    await Promise.allSettled(bundles);
    const made = await Promise.all(bundles);
    await publish(join(staging, 'functions'), OUTPUT);
    return made;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Bundles a function; `beside` gives the folder with the modules beside bundles, which are the same for all. */
async function bundleOne(name: string, directory: string, beside: () => Promise<string>): Promise<Bundle> {
  const { metafile } = await build({
    ...SETTINGS,
    entryPoints: { index: join(FUNCTIONS, name, 'handler.ts') },
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    plugins: [modulesBeside, lazyBuiltins, evaluated, withoutReference],
  });
  for (const file of besideOf(metafile)) await copyBeside(await beside(), directory, file);
  if (GEO_IP in metafile.inputs) await copyDatabase(directory);
  const [output] = Object.values(metafile.outputs);
  return { name, directory: join(OUTPUT, name), bytes: output?.bytes ?? 0, metafile };
}

/** The modules that a bundle imports when it needs them: `aws/s3.cjs`. */
function besideOf(metafile: Metafile): readonly string[] {
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const folders = BESIDE.map((folder) => `./${basename(folder)}/`);
  const paths = imports.map(({ path }) => path).filter((path) => folders.some((folder) => path.startsWith(folder)));
  return [...new Set(paths)];
}

/** Bundles every module that is a file of its own into a folder. Resolves with the folder. */
async function bundleBeside(folder: string): Promise<string> {
  for (const from of BESIDE) {
    const files = await readdir(from);
    await build({
      ...SETTINGS,
      entryPoints: files.map((file) => join(from, file)),
      outdir: join(folder, basename(from)),
      outExtension: { '.js': '.cjs' },
      plugins: [withoutReference],
    });
  }
  return folder;
}

async function copyBeside(from: string, to: string, file: string): Promise<void> {
  await mkdir(join(to, dirname(file)), { recursive: true });
  await copyFile(join(from, file), join(to, file));
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function copyDatabase(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await copyFile(COUNTRY_DATABASE, join(directory, 'country.mmdb'));
}
