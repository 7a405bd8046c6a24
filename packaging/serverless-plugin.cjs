'use strict';
const { execFileSync, spawn } = require('node:child_process');
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { logLoops } = require('./log-loops.cjs');
const { settingsOf } = require('./pipeline-settings.cjs');

/** The earliest time that a zip can hold. */
const NO_TIME = Date.UTC(1980, 0, 1);

/**
 * Teaches the Serverless Framework to take the bundles that packaging/ makes. In plain JavaScript, since the framework
 * loads it with whatever Node it was started by; the bundling itself runs on the Node that package.json pins.
 */
class Packaging {
  constructor(serverless) {
    this.serverless = serverless;
    this.commands = {
      package: {
        options: {
          'template-only': { usage: 'Compile the template alone, without bundles: to check it', type: 'boolean' },
        },
      },
    };
    this.hooks = {
      initialize: () => this.isLocalInvocation() && this.openAccount(),
      'after:invoke:local:invoke': () => this.closeAccount(),
      'before:package:initialize': () => {
        this.checkDestination();
        this.checkPipelines();
        this.nameUpload();
      },
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        this.writeDashboards();
        this.refuseLogLoops();
      },
      'before:package:createDeploymentArtifacts': () => this.package(),
      'before:deploy:function:packageFunction': () => this.package(),
      'before:invoke:local:invoke': () => this.prepareLocal(),
    };
  }

  isLocalInvocation() {
    return this.serverless.processedInput.commands.join(' ') === 'invoke local';
  }

  /** `functions/firehose-transform/handler.handler` → `firehose-transform`. */
  static nameOf(handler) {
    return path.basename(path.dirname(handler));
  }

  /** The Node that package.json pins. */
  node() {
    const pinned = path.join(this.serverless.serviceDir, 'node_modules', '.bin', 'node');
    return existsSync(pinned) ? pinned : process.execPath;
  }

  run(script, ...args) {
    return execFileSync(this.node(), [script, ...args], {
      cwd: this.serverless.serviceDir,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  /** A destination that is asked for says in its file which parameters it can't do without, and what they look like. */
  checkDestination() {
    const { needs = {}, shapes = {} } = this.serverless.service.custom.destination ?? {};
    const missing = Object.keys(needs).filter((name) => needs[name] === '');
    const given = missing.map((name) => `--param=${name}=…`).join(' ');
    if (missing.length > 0)
      throw new this.serverless.classes.Error(`The destination needs ${given}: see docs/reference/parameters.md.`);
    for (const [name, shape] of Object.entries(shapes)) {
      if (new RegExp(shape).test(needs[name])) continue;
      throw new this.serverless.classes.Error(
        `--param=${name}=${needs[name]}: the destination takes what matches ${shape}.`,
      );
    }
  }

  /** What a pipeline names by its environment variable has to be set where the pipeline runs. */
  checkPipelines() {
    for (const [name, { environment = {} }] of Object.entries(this.serverless.service.functions)) {
      // The replayer reads a pipeline's name, and none of its keys.
      if (environment.MASK_KEY === undefined) continue;
      const file = path.join('pipelines', `${environment.PIPELINE}.ts`);
      const source = path.join(this.serverless.serviceDir, file);
      if (!existsSync(source)) throw new this.serverless.classes.Error(`There is no pipeline ${file}.`);
      const unset = settingsOf(readFileSync(source, 'utf8')).filter((setting) => !environment[setting]);
      if (unset.length === 0) continue;
      const hint = unset.includes('MASK_KMS_KEY') ? ' Give it --param=maskKmsKeyArn=….' : '';
      throw new this.serverless.classes.Error(`${file} asks ${name} for ${unset.join(', ')}, which is not set.${hint}`);
    }
  }

  /** What is logged by delivering it must not be delivered. */
  refuseLogLoops() {
    const loops = logLoops(this.serverless.service.provider.compiledCloudFormationTemplate);
    if (loops.length > 0) throw new this.serverless.classes.Error(`A loop that costs money: ${loops.join('; ')}.`);
  }

  /** CloudFormation takes a dashboard's body as JSON text; as YAML it can be read. */
  writeDashboards() {
    const { Resources: resources } = this.serverless.service.provider.compiledCloudFormationTemplate;
    for (const { Type: type, Properties: properties } of Object.values(resources)) {
      if (type !== 'AWS::CloudWatch::Dashboard' || typeof properties.DashboardBody !== 'object') continue;
      properties.DashboardBody = { 'Fn::Sub': JSON.stringify(properties.DashboardBody) };
    }
  }

  /** The framework names an upload after the clock; a commit's time makes the same sources give the same template. */
  nameUpload() {
    const { service } = this.serverless;
    const provider = this.serverless.getProvider('aws');
    const time = new Date(this.sourceTime());
    service.package.artifactDirectoryName ??= [
      provider.getDeploymentPrefix(),
      service.service,
      provider.getStage(),
      `${time.getTime()}-${time.toISOString()}`,
    ].join('/');
  }

  /** Epoch milliseconds: SOURCE_DATE_EPOCH (reproducible-builds.org), or the last commit's time; without a repository, none. */
  sourceTime() {
    if (process.env.SOURCE_DATE_EPOCH) return Number(process.env.SOURCE_DATE_EPOCH) * 1000;
    try {
      const options = { cwd: this.serverless.serviceDir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
      return Number(execFileSync('git', ['log', '-1', '--format=%ct'], options)) * 1000 || NO_TIME;
    } catch {
      return NO_TIME;
    }
  }

  /** Bundles and zips; each function then deploys its zip, whose root holds index.cjs. */
  package() {
    if (this.serverless.processedInput.options['template-only']) return this.packageNothing();
    const artifacts = JSON.parse(this.run('packaging/package.ts'));
    for (const definition of Object.values(this.serverless.service.functions)) {
      const name = Packaging.nameOf(definition.handler);
      if (!artifacts[name])
        throw new this.serverless.classes.Error(`${definition.handler} has no bundle: functions/${name} is missing.`);
      definition.package = { artifact: artifacts[name], individually: true };
      definition.handler = 'index.handler';
    }
  }

  packageNothing() {
    for (const definition of Object.values(this.serverless.service.functions)) {
      definition.package = { artifact: 'package.json', individually: true };
      definition.handler = 'index.handler';
    }
  }

  prepareLocal() {
    const definition = this.serverless.service.getFunction(this.serverless.processedInput.options.function);
    const name = Packaging.nameOf(definition.handler);
    this.run('packaging/build.ts');
    definition.handler = `dist/${name}/index.handler`;
  }

  /**
   * `invoke local` can't resolve Ref, GetAtt or Sub by itself, and has no AWS to talk to: it gets an account on this machine
   * for as long as it runs, or that of AWS_ENDPOINT_URL. What `-e` sets stays as it is set.
   */
  async openAccount() {
    const { provider, functions } = this.serverless.service;
    const { options } = this.serverless.processedInput;
    const definition = functions[options.function];
    if (!definition) return;
    const pipeline = definition.environment?.PIPELINE ?? 'clickstream';
    const { endpoint, environments } = await this.startAccount(pipeline);
    const known = environments[options.function] ?? {};
    for (const environment of [provider.environment, definition.environment]) {
      for (const [name, value] of Object.entries(environment ?? {})) {
        // Names of the account's own stage, also where they are spelled out.
        if (known[name] !== undefined) environment[name] = known[name];
        else if (typeof value === 'object' && value !== null) environment[name] = name;
      }
    }
    definition.environment = { ...definition.environment, ...account(endpoint) };
  }

  /** Starts the account, and resolves with the line it prints when it stands. */
  startAccount(pipeline) {
    const child = spawn(this.node(), ['local/endpoint.ts', pipeline], {
      cwd: this.serverless.serviceDir,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.account = child;
    return new Promise((resolve, reject) => {
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text) => {
        said += text;
        if (said.includes('\n')) resolve(JSON.parse(said.slice(0, said.indexOf('\n'))));
      });
      child.on('close', () => reject(new this.serverless.classes.Error('The local account could not be started.')));
    });
  }

  closeAccount() {
    this.account?.stdin.end();
  }
}

/** What points an AWS client at the local account. */
function account(endpoint) {
  return {
    AWS_ENDPOINT_URL: process.env.AWS_ENDPOINT_URL ?? endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-east-1',
  };
}

module.exports = Packaging;
