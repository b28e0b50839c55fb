import { childProcessExec } from './adapters/child-process-exec.ts';
import { hostFileSystem } from './adapters/host-file-system.ts';
import { serveHttp } from './adapters/http-endpoint.ts';
import { inClusterReader } from './adapters/in-cluster-reader.ts';
import { interfaceAddresses } from './adapters/network-interfaces.ts';
import { pinoLogger } from './adapters/pino-logger.ts';
import { processUsageReader } from './adapters/process-usage.ts';
import { clearSocketFile } from './adapters/socket-file.ts';
import { systemClock } from './adapters/system-clock.ts';
import { readTextFile } from './adapters/text-file.ts';
import type { NodeOptions } from './cli.ts';
import { chapKeyOf } from './compose-chap.ts';
import { reportNode } from './compose-node-report.ts';
import { parseSettings } from './config/read-settings.ts';
import type { NodeSettings } from './config/settings-schema.ts';
import { GrpcServer } from './csi/grpc-server.ts';
import { bindService } from './csi/grpc-service.ts';
import { identityService } from './csi/identity-service.ts';
import { logCalls } from './csi/log-calls.ts';
import { measureCalls } from './csi/measure-calls.ts';
import type { NodeFacts } from './csi/node-service.ts';
import { nodeService } from './csi/node-service.ts';
import { registrationService } from './csi/registration-service.ts';
import type { SanType } from './domain/array.ts';
import { isNvme } from './domain/array.ts';
import { PsoError } from './domain/errors.ts';
import { formatNodeId, nodeNamed } from './domain/node-id.ts';
import { Identity, Node } from './gen/csi_pb.js';
import { Registration } from './gen/pluginregistration_pb.js';
import { readOwnNode } from './kube/node-labels.ts';
import type { Logger } from './lib/logger.ts';
import { NodeMetrics } from './metrics/node-metrics.ts';
import { composeStorage } from './node/compose-storage.ts';
import { listFcPorts } from './node/fc/fc-ports.ts';
import { readInitiatorIqn } from './node/initiator.ts';
import { readHostIdentity } from './node/nvme/host-identity.ts';
import { nodeAddresses } from './node/node-addresses.ts';
import { loggedExec } from './node/logged-exec.ts';
import { readPathHealth } from './node/path-health.ts';
import type { RunningPart } from './running-part.ts';
import { VERSION } from './version.ts';

/** Keeps every LUN number of one array below 256, where all transports address LUNs alike. */
const MAX_VOLUMES = 250;
const GRACE_MS = 10_000;
const SOCKET_CHECK_MS = 10_000;

/**
 * Names of NVMe and Fibre Channel only where they are used: a node's identity has 256 bytes, and one that changes is a new
 * one for Kubernetes. For the same reason it has all Fibre Channel ports, those without link, too.
 */
async function readFacts(nodeName: string, sanTypes: readonly SanType[]): Promise<NodeFacts> {
  const [iqn, own, host, ports] = await Promise.all([
    readInitiatorIqn(hostFileSystem),
    readOwnNode(inClusterReader, nodeName),
    sanTypes.some(isNvme) ? readHostIdentity(hostFileSystem) : null,
    sanTypes.includes('fc') ? listFcPorts(hostFileSystem) : [],
  ]);
  const addresses = await nodeAddresses(hostFileSystem, interfaceAddresses(), own.internalAddresses);
  const wwpns = [...new Set(ports.map(({ wwpn }) => wwpn))];
  const nodeId = formatNodeId(nodeNamed(nodeName, { iqn, nqn: host?.nqn ?? null, wwpns, addresses }));
  return { nodeId, maxVolumes: MAX_VOLUMES, segments: own.segments };
}

/** One socket with one set of services; kept alive even when somebody removes its file. */
class SocketKeeper {
  readonly #endpoint: string;
  readonly #make: () => GrpcServer;
  readonly #stopped = new AbortController();
  #server: GrpcServer | null = null;

  constructor(endpoint: string, make: () => GrpcServer) {
    this.#endpoint = endpoint;
    this.#make = make;
  }

  async start(logger: Logger): Promise<void> {
    await this.#listen();
    void this.#watch(logger);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#server?.stop(GRACE_MS);
  }

  async #listen(): Promise<void> {
    await clearSocketFile(this.#endpoint);
    this.#server = this.#make();
    await this.#server.listen(this.#endpoint);
  }

  async #watch(logger: Logger): Promise<void> {
    const file = socketFile(this.#endpoint);
    while (file !== null && !this.#stopped.signal.aborted) {
      const isStopped = await systemClock.sleep(SOCKET_CHECK_MS, this.#stopped.signal).then(
        () => false,
        () => true,
      );
      if (isStopped || (await hostFileSystem.kind(file)) !== 'missing') continue;
      logger.warn({ socket: file }, 'The socket was removed; it is made again.');
      const old = this.#server;
      try {
        await this.#listen();
        await old?.stop(GRACE_MS);
      } catch (error) {
        logger.error({ socket: file }, PsoError.from(error).sentence);
      }
    }
  }
}

const socketFile = (endpoint: string): string | null =>
  endpoint.startsWith('unix:') ? endpoint.replace(/^unix:(\/\/)?/, '') : null;

function serveHealth(address: string, metrics: NodeMetrics, isReady: () => boolean) {
  const readProcess = processUsageReader();
  const text = (status: number, body: string) => ({ status, contentType: 'text/plain; charset=utf-8', body });
  return serveHttp(address, {
    '/healthz': () => text(200, 'ok\n'),
    '/readyz': () => (isReady() ? text(200, 'ok\n') : text(503, 'not registered with the kubelet yet\n')),
    '/metrics': async () => ({
      status: 200,
      ...(await metrics.scrape(await readPathHealth(hostFileSystem), readProcess())),
    }),
  });
}

/** Constructs the node plugin: CSI socket, its registration with the kubelet, health and metrics. */
export async function composeNode(options: NodeOptions): Promise<RunningPart> {
  const settings: NodeSettings = parseSettings(options.settingsFile, await readTextFile(options.settingsFile));
  const level = options.logLevel ?? settings.logLevel;
  const { logger, flush } = pinoLogger(level, 'node');
  const clock = systemClock;
  const kubeletDir = options.kubeletDir.replace(/\/+$/, '');
  const metrics = new NodeMetrics({ version: VERSION, hasVolumeSeries: settings.volumeMetrics });
  const storage = await composeStorage({
    exec: level === 'debug' ? loggedExec(childProcessExec, logger, clock) : childProcessExec,
    fs: hostFileSystem,
    clock,
    logger,
    kubeletDir,
    pluginDir: `${kubeletDir}/plugins/pure-csi`,
    loginTimeoutMs: settings.iscsiLoginTimeoutSeconds * 1000,
    chapKey: chapKeyOf(options.chapKeyFile),
    onStep: (step, isDone, seconds) => metrics.step(step, isDone, seconds),
  });
  const observers = [
    logCalls({ logger, withRequests: level === 'debug' }),
    measureCalls((method, code, seconds) => metrics.rpc(method, code, seconds)),
  ];
  const sanTypes = [...new Set([settings.sanType, ...settings.moreSanTypes])];
  const facts = () => readFacts(options.nodeName, sanTypes);
  const node = nodeService({
    storage,
    facts,
    defaultFsType: settings.defaultFsType,
    defaultMountOptions: settings.mountOptions,
  });
  const csi = new SocketKeeper(options.csiEndpoint, () =>
    new GrpcServer({ clock, observers })
      .add(bindService(Identity, identityService(VERSION)))
      .add(bindService(Node, node)),
  );
  let isRegistered = false;
  const socketPath = socketFile(options.csiEndpoint);
  const registration =
    socketPath === null
      ? null
      : new SocketKeeper(`unix://${kubeletDir}/plugins_registry/pure-csi-reg.sock`, () =>
          new GrpcServer({ clock, observers }).add(
            bindService(
              Registration,
              registrationService({ logger, socketPath, onStatus: status => (isRegistered = status) }),
            ),
          ),
        );
  await csi.start(logger);
  await registration?.start(logger);
  const http = await serveHealth(options.http, metrics, () => registration === null || isRegistered);
  const stop = new AbortController();
  const { nodeName } = options;
  const reporting = settings.storageNodes
    ? reportNode({ clock, logger, signal: stop.signal, nodeName, facts, sanTypes })
    : Promise.resolve();
  logger.info({ node: options.nodeName, version: VERSION }, 'The node plugin is up.');
  return {
    stop: async () => {
      stop.abort();
      await Promise.all([http.close(), registration?.stop(), csi.stop(), reporting]);
      flush();
    },
  };
}
