import type { HttpEndpoint } from './adapters/http-endpoint.ts';
import { serveHttp } from './adapters/http-endpoint.ts';
import type { FleetUsageParts } from './orchestrator/fleet-usage.ts';
import { FleetUsage } from './orchestrator/fleet-usage.ts';
import type { KeptVolumesParts } from './orchestrator/kept-volumes.ts';
import { KeptVolumes } from './orchestrator/kept-volumes.ts';
import type { VolumeReportsParts } from './orchestrator/volume-reports.ts';
import { VolumeReports } from './orchestrator/volume-reports.ts';
import type { WhatIfParts } from './orchestrator/what-if.ts';
import { WhatIf } from './orchestrator/what-if.ts';
import { answerKept, answerPreview, answerReports, answerUsage } from './preview/preview-route.ts';

type PreviewParts = WhatIfParts & KeptVolumesParts & VolumeReportsParts & FleetUsageParts;

/** `host:port` of what answers questions and does nothing else: decision 0012. */
export function servePreviews(address: string, parts: PreviewParts): Promise<HttpEndpoint> {
  const whatIf = new WhatIf(parts);
  const kept = new KeptVolumes(parts);
  const usage = new FleetUsage(parts);
  const reports = new VolumeReports(parts);
  return serveHttp(
    address,
    { '/v1/deleted': () => answerKept(kept), '/v1/usage': () => answerUsage(usage) },
    {
      '/v1/placement': body => answerPreview(whatIf, body),
      '/v1/volumes': body => answerReports(reports, body),
    },
  );
}
