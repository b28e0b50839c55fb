import { isList, isObject } from '../forms/json.ts';

/** A dashboard of the chart that a Grafana has. */
export interface Board {
  readonly uid: string;
  /** Without the name of the folder of words that all of them begin with, e.g. `Fleet`. */
  readonly title: string;
}

/** Both of Rancher's monitoring charts give Grafana this name, the newer one by a bridge. */
const GRAFANA = '/api/v1/namespaces/cattle-monitoring-system/services/http:rancher-monitoring-grafana:80/proxy';
/** The dashboards' tag; uids begin with `pso-`. */
const TAG = 'pure-pso';

/** Where Grafana tells which of our dashboards it has (its HTTP API, `/api/search`). */
export const searchAddress = (cluster: string): string =>
  `/k8s/clusters/${cluster}${GRAFANA}/api/search?type=dash-db&tag=${TAG}`;

/** As Rancher's component for Grafana takes it: it puts the cluster before it, and adds theme and range. */
export const boardAddress = (uid: string): string => `${GRAFANA}/d/${uid}/${uid}?orgId=1`;

/** The fleet first, then as Grafana lists them. Anything else than Grafana's list is none. */
export function boardsIn(answer: unknown): readonly Board[] {
  const boards = (isList(answer as never) ? (answer as readonly unknown[]) : []).flatMap((entry): Board[] => {
    if (!isObject(entry)) return [];
    const { uid, title } = entry;
    if (typeof uid !== 'string' || !/^pso-[-a-z]+$/.test(uid)) return [];
    return [{ uid, title: typeof title === 'string' ? title.replace(/^.* \/ /, '') : uid }];
  });
  const isFleet = ({ uid }: Board): boolean => uid === 'pso-fleet';
  return [...boards.filter(isFleet), ...boards.filter(board => !isFleet(board))];
}
