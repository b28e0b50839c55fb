import type { Logger } from '../lib/logger.ts';
import type { Registration } from '../gen/pluginregistration_pb.js';
import type { UnaryHandlers } from './grpc-service.ts';
import { DRIVER_NAME } from './identity-service.ts';

export interface RegistrationParts {
  readonly logger: Logger;
  /** File of the CSI socket as the kubelet sees it. */
  readonly socketPath: string;
  /** Told each time the kubelet says how its registration went. */
  readonly onStatus: (isRegistered: boolean) => void;
}

/**
 * The kubelet's plugin watcher finds the socket, asks GetInfo and tells the outcome. A restarted kubelet finds the same
 * socket again, so nothing has to be repeated by us.
 */
export function registrationService(parts: RegistrationParts): UnaryHandlers<typeof Registration> {
  return {
    getInfo: () =>
      Promise.resolve({
        type: 'CSIPlugin',
        name: DRIVER_NAME,
        endpoint: parts.socketPath,
        supportedVersions: ['1.0.0'],
      }),
    notifyRegistrationStatus: ({ pluginRegistered, error }) => {
      if (pluginRegistered) parts.logger.info({}, 'The kubelet registered the driver.');
      else parts.logger.error({}, `The kubelet refused the driver: ${error}`);
      parts.onStatus(pluginRegistered);
      return Promise.resolve({});
    },
  };
}
