import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { publish } from './publish.ts';
import { withoutReference } from './without-reference.ts';

/** What a function's folder under dist/ holds. */
export interface Bundle {
  /** The function's folder name: `firehose-transform`. */
  readonly name: string;
  readonly directory: string;
  /** Size of index.cjs in bytes, without the SDK clients beside it. */
  readonly bytes: number;
  readonly metafile: Metafile;
}

const FUNCTIONS = 'functions';
const OUTPUT = 'dist';
/** On the same disk as OUTPUT, so that files can be moved there. */
const STAGING = '.serverless';
const AWS_CLIENTS = 'shared/platform/aws';
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
  logLevel: 'warning',
} satisfies BuildOptions;

/** SDK clients are imported when first needed, from files beside the bundle: start-up does not read what it may never use. */
const awsClientsBeside: Plugin = {
  name: 'aws-clients-beside',
  setup(builder) {
    builder.onResolve({ filter: /\/aws\/[\w-]+\.ts$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path: `./aws/${clientName(path)}.cjs`, external: true } : undefined,
    );
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
    const clients = once(() => bundleClients(join(staging, 'aws')));
    const bundles = names.map((name) => bundleOne(name, join(staging, 'functions', name), clients));
    // Each has ended, well or not, before the folder they write to goes.
    await Promise.allSettled(bundles);
    const made = await Promise.all(bundles);
    await publish(join(staging, 'functions'), OUTPUT);
    return made;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Bundles a function; `clients` gives the folder with the SDK clients, which are the same for all. */
async function bundleOne(name: string, directory: string, clients: () => Promise<string>): Promise<Bundle> {
  const { metafile } = await build({
    ...SETTINGS,
    entryPoints: { index: join(FUNCTIONS, name, 'handler.ts') },
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    plugins: [awsClientsBeside, withoutReference],
  });
  const wanted = clientsOf(metafile);
  if (wanted.length > 0) await copyClients(await clients(), join(directory, 'aws'), wanted);
  if (GEO_IP in metafile.inputs) await copyDatabase(directory);
  const [output] = Object.values(metafile.outputs);
  return { name, directory: join(OUTPUT, name), bytes: output?.bytes ?? 0, metafile };
}

/** The SDK clients that a bundle imports when it needs them. */
function clientsOf(metafile: Metafile): readonly string[] {
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  return [...new Set(imports.filter(({ path }) => path.startsWith('./aws/')).map(({ path }) => clientName(path)))];
}

/** Bundles every SDK client into a folder, each in a file of its own. Resolves with the folder. */
async function bundleClients(folder: string): Promise<string> {
  const files = await readdir(AWS_CLIENTS);
  await build({
    ...SETTINGS,
    entryPoints: files.map((file) => join(AWS_CLIENTS, file)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
  });
  return folder;
}

async function copyClients(from: string, to: string, clients: readonly string[]): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const client of clients) await copyFile(join(from, `${client}.cjs`), join(to, `${client}.cjs`));
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

function clientName(path: string): string {
  return path.replace(/^.*\//, '').replace(/\.\w+$/, '');
}
