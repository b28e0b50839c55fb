import type { HttpEndpoint } from './adapters/http-endpoint.ts';
import { serveHttp } from './adapters/http-endpoint.ts';
import type { WhatIfParts } from './orchestrator/what-if.ts';
import { WhatIf } from './orchestrator/what-if.ts';
import { answerPreview } from './preview/preview-route.ts';

/** `host:port` of what answers questions and does nothing else: decision 0012. */
export function servePreviews(address: string, parts: WhatIfParts): Promise<HttpEndpoint> {
  const whatIf = new WhatIf(parts);
  return serveHttp(address, {}, { '/v1/placement': body => answerPreview(whatIf, body) });
}
