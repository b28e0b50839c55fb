import { afterAnswers } from './adapters/after-answers.ts';
import { readHandlebars } from './adapters/handlebars-template.ts';
import { serveHttp } from './adapters/http-endpoint.ts';
import { pinoLogger } from './adapters/pino-logger.ts';
import { clearSocketFile } from './adapters/socket-file.ts';
import { systemClock } from './adapters/system-clock.ts';
import { systemRandom } from './adapters/system-random.ts';
import { readTextFile } from './adapters/text-file.ts';
import { httpsTransport } from './adapters/https-transport.ts';
import type { ControllerOptions } from './cli.ts';
import { serveArrayChecks } from './compose-array-check.ts';
import { everyFamily } from './compose-backends.ts';
import { chapKeyOf } from './compose-chap.ts';
import { connectKubernetes } from './compose-kubernetes.ts';
import type { MetricSources } from './compose-metrics.ts';
import { metricsRoute } from './compose-metrics.ts';
import { servePreviews } from './compose-preview.ts';
import { loadFleet } from './config/load.ts';
import type { LoadedFleet } from './config/load.ts';
import { parseSettings } from './config/read-settings.ts';
import type { ControllerSettings } from './config/settings-schema.ts';
import { watchText } from './config/watch.ts';
import { controllerService } from './csi/controller-service.ts';
import { groupControllerService } from './csi/group-controller-service.ts';
import { GrpcServer } from './csi/grpc-server.ts';
import { bindService } from './csi/grpc-service.ts';
import { identityService } from './csi/identity-service.ts';
import { logCalls } from './csi/log-calls.ts';
import { measureCalls } from './csi/measure-calls.ts';
import type { ChapKeySource } from './domain/chap.ts';
import { Controller, GroupController, Identity } from './gen/csi_pb.js';
import type { Logger } from './lib/logger.ts';
import { ControllerMetrics } from './metrics/controller-metrics.ts';
import { DEFAULT_DOUBT } from './orchestrator/doubt.ts';
import { Fleet } from './orchestrator/fleet.ts';
import { Orchestrator } from './orchestrator/orchestrator.ts';
import { Reservations } from './orchestrator/reservations.ts';
import type { WhatIfParts } from './orchestrator/what-if.ts';
import { DEFAULT_POLICY } from './placement/framework.ts';
import type { RunningPart } from './running-part.ts';
import { VERSION } from './version.ts';

const GRACE_MS = 10_000;
const RELOAD_MS = 2000;

/** Problems are told once a change, by name; the arrays that are right are used. */
function applyArrays(
  fleet: Fleet,
  metrics: ControllerMetrics,
  text: string | null,
  settings: ControllerSettings,
  logger: Logger,
): LoadedFleet {
  const loaded = loadFleet(text, settings);
  for (const { where, sentence } of loaded.problems) logger.error({ where }, sentence);
  if (loaded.arrays.length === 0)
    logger.warn({}, 'No array is configured: claims wait until arrays.FlashArrays or arrays.FlashBlades names one.');
  fleet.configure(loaded.arrays);
  metrics.configured(loaded.arrays.length, loaded.problems.length);
  logger.info({ arrays: loaded.arrays.length, problems: loaded.problems.length }, 'arrays configured');
  return loaded;
}

function makeFleet(
  settings: ControllerSettings,
  chapKey: ChapKeySource | null,
  metrics: ControllerMetrics,
  logger: Logger,
): Fleet {
  const makeBackend = everyFamily({
    clock: systemClock,
    random: systemRandom,
    transportFactory: httpsTransport,
    userAgent: `pure-pso/${VERSION}`,
    chapKey,
    onExchange: ({ array, method, status, durationMs }) =>
      metrics.restCall(array, method, status ?? 0, durationMs / 1000),
  });
  return new Fleet({ clock: systemClock, logger, makeBackend, pollMs: settings.pollSeconds * 1000 });
}

function serveHealth(address: string, sources: MetricSources) {
  const ok = () => ({ status: 200, contentType: 'text/plain; charset=utf-8', body: 'ok\n' });
  return serveHttp(address, {
    '/healthz': ok,
    // Ready also while arrays are down: a restart would not bring them back.
    '/readyz': ok,
    '/metrics': metricsRoute(sources),
  });
}

/** Constructs the controller: fleet, orchestrator, CSI socket, health and metrics. */
export async function composeController(options: ControllerOptions): Promise<RunningPart> {
  const settings: ControllerSettings = parseSettings(options.settingsFile, await readTextFile(options.settingsFile));
  const level = options.logLevel ?? settings.logLevel;
  const { logger, flush } = pinoLogger(level, 'controller');
  const clock = systemClock;
  const metrics = new ControllerMetrics({ version: VERSION, maxUsedPercent: settings.maxUsedPercent });
  const stop = new AbortController();
  const fleet = makeFleet(settings, chapKeyOf(options.chapKeyFile), metrics, logger);
  const arraysText = await readTextFile(options.arraysFile);
  let loaded = applyArrays(fleet, metrics, arraysText, settings, logger);
  void watchText(
    { clock, read: readTextFile, signal: stop.signal, everyMs: RELOAD_MS },
    options.arraysFile,
    arraysText,
    text => {
      loaded = applyArrays(fleet, metrics, text, settings, logger);
    },
  );
  const kubernetes = connectKubernetes({
    clock,
    logger,
    signal: stop.signal,
    watchesVolumes: settings.volumeMetrics,
    fleet: settings.storageArrays
      ? {
          arrays: () => fleet.snapshot().arrays,
          isWhole: () => loaded.problems.length === 0,
          pollMs: settings.pollSeconds * 1000,
        }
      : null,
  });
  const reservations = new Reservations(clock);
  /** What decisions rest on: those of claims, and previews of them. */
  const deciding: WhatIfParts = {
    clock,
    random: systemRandom,
    fleet,
    reservations,
    policy: { ...DEFAULT_POLICY, maxUsedPercent: settings.maxUsedPercent },
    protocols: [settings.sanType],
  };
  const volumeIds = () => kubernetes.volumes()?.map(({ id }) => id) ?? null;
  const orchestrator = new Orchestrator({
    ...deciding,
    clusterId: settings.clusterID,
    doubt: { ...DEFAULT_DOUBT, windowMs: settings.doubtWindowSeconds * 1000 },
    fileDefaults: {
      exportRules: settings.exportRules || null,
      hasSnapshotDirectory: settings.snapshotDirectoryEnabled,
    },
    ledger: kubernetes.ledger,
    nodes: kubernetes.nodes,
    readTerm: kubernetes.readTerm,
    volumeIds,
    readTemplate: readHandlebars,
    onPartial: report => {
      logger.warn({ volume: report.id }, report.error.sentence);
      afterAnswers(() => kubernetes.onPartial(report));
    },
    onPlacement: report =>
      afterAnswers(() => {
        metrics.decision(report.decision);
        kubernetes.onPlacement(report);
      }),
  });
  void orchestrator.watchTerm(stop.signal);
  const server = new GrpcServer({
    clock,
    observers: [
      logCalls({ logger, withRequests: level === 'debug' }),
      measureCalls((method, code, seconds) => metrics.rpc(method, code, seconds)),
    ],
  })
    .add(bindService(Identity, identityService(VERSION)))
    .add(bindService(Controller, controllerService(orchestrator, clock)))
    .add(bindService(GroupController, groupControllerService(orchestrator, clock)));
  await clearSocketFile(options.csiEndpoint);
  await server.listen(options.csiEndpoint);
  // Last: whoever sees it healthy may connect to the socket.
  const previews =
    options.preview === null
      ? null
      : await servePreviews(options.preview, {
          ...deciding,
          clusterId: settings.clusterID,
          handles: orchestrator.handles,
          volumeIds,
        });
  const checks =
    options.arrayCheck === null
      ? null
      : await serveArrayChecks(options.arrayCheck, {
          defaults: settings,
          configured: () => loaded.arrays,
          fleet: () => fleet.snapshot().arrays,
          mayAsk: ticket => kubernetes.isTicket(ticket),
        });
  const http = await serveHealth(options.http, { clock, metrics, fleet, reservations, volumes: kubernetes.volumes });
  logger.info({ version: VERSION, cluster: settings.clusterID }, 'The controller is up.');
  return {
    stop: async () => {
      await server.stop(GRACE_MS);
      stop.abort();
      await Promise.all([http.close(), previews?.close(), checks?.close(), fleet.close(), kubernetes.close()]);
      await clearSocketFile(options.csiEndpoint);
      flush();
    },
  };
}
