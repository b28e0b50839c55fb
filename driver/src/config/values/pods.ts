import * as z from 'zod';
import {
  component,
  count,
  duration,
  group,
  kubeObject,
  kubeObjects,
  objectName,
  opt,
  port,
  scheduling,
} from './fields.ts';

const share = z.union([count, z.string().regex(/^\d{1,3}%$/)]);

const controllerServer = group(
  {
    ...scheduling('the controller, instead of the top-level one'),
    replicas: opt(count, 'Controller pods; with two, one may fail.'),
    topologySpreadConstraints: opt(
      kubeObjects,
      'How the pods spread; labelSelector is added when not given. Empty: preferably on different nodes.',
    ),
    podDisruptionBudget: group(
      {
        enabled: opt(z.boolean(), 'Needs two replicas or more.'),
        maxUnavailable: opt(share, 'How many pods may be evicted at once.'),
      },
      'Budget for evictions.',
    ),
    ...component('controller'),
  },
  'Controller.',
);

const nodeServer = group(
  {
    ...scheduling('the node plugin, instead of the top-level one'),
    maxUnavailable: opt(share, 'Node plugins replaced at once by an upgrade.'),
    httpPort: opt(port, "Port on the node's network for health and metrics."),
    ...component('node plugin'),
  },
  'Node plugin.',
);

const sidecars = group(
  {
    workers: opt(count, 'Requests that a sidecar works on at once.'),
    kubeApiQps: opt(count, 'Requests a second to the API server; this sets the burst rate of claims.'),
    kubeApiBurst: opt(count, 'Requests to the API server at once.'),
    timeout: opt(duration, 'Time for one call of the driver.'),
    retryIntervalStart: opt(duration, 'First wait after a failure; doubles each time.'),
    retryIntervalMax: opt(duration, 'Longest wait after a failure.'),
    resources: opt(kubeObject, 'Resources of each sidecar.'),
  },
  'CSI sidecars.',
);

/** No name or password in it: it stands in the description of the pod. */
const proxyAddress = z
  .string()
  .max(255)
  .regex(/^(https?:\/\/)?[\w.:[\]-]*\/?$/, 'must be an address like http://proxy.example.com:3128');

export const podValues = {
  proxy: group(
    {
      https: opt(proxyAddress, 'HTTP proxy on the way to arrays, without name and password; empty: none.'),
      noProxy: opt(
        z
          .string()
          .max(4096)
          .regex(/^[\w.:,*/[\]\s-]*$/),
        'Arrays that are reached directly: names, domains, addresses, networks, comma-separated.',
      ),
    },
    'Proxy of the controller for connections to arrays, e.g. to Cloud Block Stores. The API server is reached directly.',
  ),
  logLevel: opt(z.enum(['', 'debug', 'info', 'warn', 'error']), 'Empty: info, or debug with app.debug.'),
  app: group({ debug: opt(z.boolean(), 'PSO: logLevel debug.') }, 'PSO.'),
  orchestrator: group(
    {
      name: opt(z.enum(['k8s', 'openshift']), 'openshift: makes a SecurityContextConstraints for the node plugin.'),
      basePath: opt(
        z
          .string()
          .max(200)
          .regex(/^(\/[\w.-][\w./-]*)?$/, 'must be an absolute path'),
        "The kubelet's directory on the nodes; RKE2 and K3s use the default, too, unless their kubelet got another root-dir.",
      ),
    },
    'Kind of cluster.',
  ),
  clusterrolebinding: group(
    { serviceAccount: group({ name: opt(objectName, "The controller's ServiceAccount.") }, 'ServiceAccount.') },
    'PSO.',
  ),
  ...scheduling('all pods'),
  controllerServer,
  nodeServer,
  sidecars,
  rbac: group(
    {
      userRoles: group(
        {
          create: opt(z.boolean(), 'Roles for snapshots in the namespaces of users, and to see arrays and nodes.'),
          aggregateToDefaultRoles: opt(
            z.boolean(),
            "Kubernetes' roles view, edit and admin, and so Rancher's project roles, get them.",
          ),
        },
        'Roles of users.',
      ),
    },
    'Rights.',
  ),
  customResources: group(
    {
      create: opt(
        z.boolean(),
        'StorageArray and StorageNode of pure-pso.io, which show arrays and nodes to kubectl and Rancher; helm uninstall keeps them.',
      ),
    },
    'Custom resources.',
  ),
  arrayCheck: group(
    {
      enabled: opt(
        z.boolean(),
        'The controller looks at arrays before they are configured, for who may ask it (docs/how-to/check-an-array.md).',
      ),
    },
    'Connection test of arrays.',
  ),
  networkPolicy: group(
    {
      enabled: opt(
        z.boolean(),
        "Only the ports for health, metrics, previews and checks of arrays of the controller's pods can be reached.",
      ),
      ingressFrom: opt(kubeObjects, 'Who may reach them, as `from` of a NetworkPolicy; empty: everybody.'),
      egress: opt(
        kubeObjects,
        'Where they may connect to, as `egress` of a NetworkPolicy: arrays, API server, DNS; empty: everywhere.',
      ),
    },
    'NetworkPolicy of the controller. The node plugin is in the network of its host, where none applies.',
  ),
};
