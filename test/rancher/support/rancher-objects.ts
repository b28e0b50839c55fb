import { extensionManifest, type Host } from '../ui-artefacts.ts';

interface Metadata {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An object with the address that it is created at. */
export interface NewObject {
  readonly collection: string;
  readonly object: { readonly metadata: Metadata; readonly [key: string]: unknown };
  /** Kinds and namespaces, which hold others. */
  readonly isLasting: boolean;
}

export const REPOSITORY = 'pure-repo';
const PLUGIN_NAMESPACE = 'cattle-ui-plugin-system';
const KINDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const NULLABLE = { type: 'boolean', nullable: true };
const ANYTHING = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
/** Null must survive: a flag without `lockedValue: null` counts as off. */
const FEATURE = {
  spec: { ...ANYTHING, properties: { value: NULLABLE } },
  status: { ...ANYTHING, properties: { lockedValue: NULLABLE } },
};

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly scope: 'Cluster' | 'Namespaced';
}

const management = (kind: string): Kind => ({ group: 'management.cattle.io', version: 'v3', kind, scope: 'Cluster' });
const catalog = (kind: string, scope: Kind['scope']): Kind => ({
  group: 'catalog.cattle.io',
  version: 'v1',
  kind,
  scope,
});

/** Of Rancher's kinds those without which the dashboard does not work. */
const kinds: readonly Kind[] = [
  ...['Setting', 'Feature', 'Cluster', 'User'].map(management),
  { group: 'provisioning.cattle.io', version: 'v1', kind: 'Cluster', scope: 'Namespaced' },
  catalog('ClusterRepo', 'Cluster'),
  ...['App', 'Operation', 'UIPlugin'].map(kind => catalog(kind, 'Namespaced')),
];

const pluralOf = (kind: string): string => `${kind.toLowerCase()}s`;

const definition = ({ group, version, kind, scope }: Kind): NewObject => ({
  collection: KINDS,
  isLasting: true,
  object: {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${pluralOf(kind)}.${group}` },
    spec: {
      group,
      scope,
      names: { kind, plural: pluralOf(kind), singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: kind === 'Feature' ? { ...ANYTHING, properties: FEATURE } : ANYTHING },
        },
      ],
    },
  },
});

/** Rancher's objects have some, and dashboards before 2.12 fail where there are none. */
const ANNOTATIONS = { 'field.cattle.io/creatorId': 'user-admin' };

function made({ group, version, kind }: Kind, name: string, rest: object, namespace?: string): NewObject {
  const place = namespace === undefined ? '' : `namespaces/${namespace}/`;
  return {
    collection: `/apis/${group}/${version}/${place}${pluralOf(kind)}`,
    isLasting: false,
    object: { apiVersion: `${group}/${version}`, kind, metadata: { name, annotations: ANNOTATIONS }, ...rest },
  };
}

const namespaces: readonly NewObject[] = ['cattle-system', PLUGIN_NAMESPACE, 'fleet-local', 'local'].map(name => ({
  collection: '/api/v1/namespaces',
  isLasting: true,
  object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
}));

const PERFORMANCE = {
  garbageCollection: { enabled: false },
  serverPagination: { enabled: true },
  inactivity: { enabled: false },
};
/** Readable before anybody logged in. */
const PUBLIC_SETTINGS: Readonly<Record<string, string>> = {
  'first-login': 'false',
  'telemetry-opt': 'out',
  'eula-agreed': '2026-01-01',
  'ui-pl': 'rancher',
  'ui-brand': '',
  'ui-banners': '{}',
  'ui-login-landscape': '',
  'ui-custom-links': '',
  'ui-issues': '',
  'ui-favicon': '',
  'ui-logo-light': '',
  'ui-logo-dark': '',
  'ui-community-links': 'true',
};

function settings({ version }: Host, serverUrl: string): readonly NewObject[] {
  const values = {
    'server-version': version,
    ...PUBLIC_SETTINGS,
    'server-url': serverUrl,
    'ui-offline-preferred': 'true',
    'ui-performance': JSON.stringify(PERFORMANCE),
    'ui-dynamic-content-enabled': 'false',
    'system-namespaces': 'kube-system,cattle-system',
    'auth-user-session-ttl-minutes': '960',
    'password-min-length': '12',
  };
  return Object.entries(values).map(([name, value]) =>
    made(management('Setting'), name, { value, default: value, customized: false, source: '' }),
  );
}

const FEATURES = {
  'multi-cluster-management': true,
  rke2: true,
  uiextension: true,
  'continuous-delivery': false,
  fleet: false,
  harvester: false,
  'rancher-scc-registration-extension': false,
};
const features = ({ filtersLists }: Host): readonly NewObject[] =>
  Object.entries({ ...FEATURES, 'ui-sql-cache': filtersLists }).map(([name, value]) =>
    made(management('Feature'), name, {
      spec: { value },
      status: { default: value, dynamic: true, lockedValue: null },
    }),
  );

const conditions = (...types: readonly string[]): readonly object[] => types.map(type => ({ type, status: 'True' }));

/** `branch` is the same cluster once more; `away` has lost its connection. */
const registered = (id: string, isReady: boolean): NewObject =>
  made(management('Cluster'), id, {
    spec: { displayName: id, internal: id === 'local' },
    status: {
      provider: 'k3s',
      driver: 'k3s',
      version: { gitVersion: 'v1.36.0', platform: 'linux/amd64' },
      conditions: isReady ? conditions('Connected', 'Ready', 'Updated') : [{ type: 'Ready', status: 'False' }],
      nodeCount: 1,
      allocatable: { cpu: '2', memory: '2Gi', pods: '110' },
      capacity: { cpu: '2', memory: '2Gi', pods: '110' },
      requested: {},
    },
  });

const cluster: readonly NewObject[] = [
  registered('local', true),
  registered('branch', true),
  registered('away', false),
  made(
    { group: 'provisioning.cattle.io', version: 'v1', kind: 'Cluster', scope: 'Namespaced' },
    'local',
    { spec: {}, status: { clusterName: 'local', ready: true, conditions: conditions('Ready') } },
    'fleet-local',
  ),
];

const users = ['admin', 'viewer'].map(name =>
  made(management('User'), `user-${name}`, {
    username: name,
    displayName: name === 'admin' ? 'Default Admin' : 'Viewer',
    principalIds: [`local://user-${name}`],
    enabled: true,
    mustChangePassword: false,
  }),
);

const RBAC = 'rbac.authorization.k8s.io';
function role(
  name: string,
  rules: readonly object[],
  subject: { kind: 'User' | 'Group'; name: string },
): readonly NewObject[] {
  const path = `/apis/${RBAC}/v1`;
  const base = { apiVersion: `${RBAC}/v1`, metadata: { name } };
  const binding = {
    ...base,
    kind: 'ClusterRoleBinding',
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
    subjects: [{ apiGroup: RBAC, ...subject }],
  };
  return [
    { collection: `${path}/clusterroles`, isLasting: false, object: { ...base, kind: 'ClusterRole', rules } },
    { collection: `${path}/clusterrolebindings`, isLasting: false, object: binding },
  ];
}

const READ = ['get', 'list', 'watch'];
const rights = [
  ...role(
    'cattle-unauthenticated',
    [
      {
        apiGroups: ['management.cattle.io'],
        resources: ['settings'],
        resourceNames: ['server-version', ...Object.keys(PUBLIC_SETTINGS)],
        verbs: READ,
      },
    ],
    { kind: 'Group', name: 'system:unauthenticated' },
  ),
  // Sees everything, Secrets and the controller's figures included, and changes nothing.
  ...role('viewer', [{ apiGroups: ['*'], resources: ['*'], verbs: READ }], { kind: 'User', name: 'user-viewer' }),
];

/** What Rancher's controllers would have made: kinds, settings, one cluster, two users, our catalog, our extension. */
export async function rancherObjects(host: Host, serverUrl: string, catalogUrl: string): Promise<readonly NewObject[]> {
  const { name, version, rancher } = await extensionManifest();
  const plugin = { name, version, endpoint: catalogUrl, noCache: false, noAuth: false, metadata: rancher.annotations };
  return [
    ...kinds.map(definition),
    ...namespaces,
    ...settings(host, serverUrl),
    ...features(host),
    ...cluster,
    ...users,
    ...rights,
    made(catalog('ClusterRepo', 'Cluster'), REPOSITORY, {
      spec: { url: catalogUrl },
      status: {
        conditions: conditions('Downloaded', 'OCIDownloaded'),
        downloadTime: '2026-11-01T00:00:00Z',
        url: catalogUrl,
      },
    }),
    made(catalog('UIPlugin', 'Namespaced'), name, { spec: { plugin } }, PLUGIN_NAMESPACE),
  ];
}
