import { describe, expect, it } from '@jest/globals';
import { CONCEALED } from '../forms/secrets.ts';
import { bundleFiles, type Collected, cutShort, logPlaces, podSummary, type PodLike, slim } from './support-bundle.ts';

const TOKEN = '11111111-2222-3333-4444-555555555555';
const NONE: Collected = { parts: [], missing: [], secrets: [] };
const AT = '2026-11-22T10:00:00Z';
const files = (more: Partial<Collected>) => bundleFiles({ ...NONE, ...more }, AT);

describe('a support bundle', () => {
  it('holds each part, and a README that says what is in it and what is missing', () => {
    const found = files({
      parts: [
        { file: 'arrays.json', content: [{ name: 'fa-1' }] },
        { file: 'logs/a.log', content: 'line\n' },
      ],
      missing: [{ what: 'events', reason: 'list events is not allowed' }],
    });
    expect(Object.keys(found)).toEqual(['README.md', 'arrays.json', 'logs/a.log']);
    expect(JSON.parse(found['arrays.json'] ?? '')).toEqual([{ name: 'fa-1' }]);
    expect(found['logs/a.log']).toBe('line\n');
    expect(found['README.md']).toContain('- logs/a.log');
    expect(found['README.md']).toContain('- events: list events is not allowed');
    expect(files({})['README.md']).toContain('Nothing.');
  });

  it.each([
    ['as it is', TOKEN, `the array said ${TOKEN}`],
    ['inside JSON', 'a"b\\c', JSON.stringify({ x: 'a"b\\c' })],
    ['without the line break that a block of YAML ends with', `${TOKEN}\n`, `the array said ${TOKEN}.`],
    ['in base64', 'geheim-ü', Buffer.from('geheim-ü').toString('base64')],
  ])('leaves a file out that holds a secret %s, and says so', (_, secret, text) => {
    const found = files({
      parts: [
        { file: 'logs/a.log', content: text },
        { file: 'logs/b.log', content: 'clean' },
      ],
      secrets: [secret, ''],
    });
    expect(Object.keys(found)).toEqual(['README.md', 'logs/b.log']);
    expect(found['README.md']).toContain('logs/a.log: It held the text of a secret');
    expect(JSON.stringify(found)).not.toContain(secret.trim());
  });

  it('is refused when the names of its files would tell a secret', () => {
    expect(() => files({ parts: [{ file: `${TOKEN}.log`, content: '' }], secrets: [TOKEN] })).toThrow(
      'Nothing was written',
    );
    expect(() => files({ missing: [{ what: 'x', reason: TOKEN }], secrets: [TOKEN] })).toThrow('Nothing was written');
  });

  it('conceals what is called like a secret although no schema knows it, and logins in addresses', () => {
    const values = {
      arrays: { existingSecret: 'pure-pso-fleet' },
      imagePullSecrets: [{ name: 'registry' }],
      mine: { adminPassword: 'x1', clientSecret: 'x2', tokenLifetimeSeconds: 5, api_key: '', tokenName: 'keep' },
      env: [
        { name: 'VAULT_TOKEN', value: 'x3' },
        { name: 'PROXY', value: 'http://me:x4@proxy:3128' },
      ],
    };
    const text = files({
      parts: [
        { file: 'values.json', content: values },
        { file: 'a.log', content: 'via https://me:x5@proxy/' },
      ],
    });
    expect(JSON.stringify(text)).not.toMatch(/x[1-5]/u);
    expect(JSON.parse(text['values.json'] ?? '')).toMatchObject({
      arrays: { existingSecret: 'pure-pso-fleet' },
      imagePullSecrets: [{ name: 'registry' }],
      mine: { adminPassword: CONCEALED, tokenLifetimeSeconds: 5, api_key: '', tokenName: 'keep' },
      env: [{ value: CONCEALED }, { value: `http://${CONCEALED}@proxy:3128` }],
    });
    expect(text['a.log']).toBe(`via https://${CONCEALED}@proxy/`);
  });

  it.each([
    ['a number', { adminPassword: 4711, 'api-token': 4711 }],
    ['a list', { tokens: ['4711'], secrets: { first: '4711' } }],
    ['an object', { registryCredentials: { user: '4711', parts: [{ word: '4711' }] } }],
    [
      'a key of an object store',
      { accessKey: '4711', secretKey: '4711', secretAccessKey: '4711', signing_key: '4711' },
    ],
    ['a login of a registry', { auths: { 'r.example': { auth: '4711' } }, '.dockerconfigjson': '4711' }],
    ['an argument', { extraArgs: ['--proxy-token=4711', '--password 4711', '--api-key', '4711'], note: 'Bearer 4711' }],
    ['a login with an at sign', { proxy: 'http://me:a@4711@proxy:3128', other: "http://me:a'4711@proxy:3128" }],
  ])('conceals %s', (_, content) => {
    expect(JSON.stringify(files({ parts: [{ file: 'values.json', content }] }))).not.toContain('4711');
  });

  it('conceals private keys wherever they stand', () => {
    const key = '-----BEGIN EC PRIVATE KEY-----\n4711\n-----END EC PRIVATE KEY-----\n';
    const parts = [
      { file: 'values.json', content: { tls: { key, cert: '-----BEGIN CERTIFICATE-----' } } },
      { file: 'a.log', content: `before\n${key}after` },
      { file: 'cut.log', content: `before\n${key.slice(0, -20)}` },
    ];
    const found = files({ parts });
    expect(JSON.stringify(found)).not.toContain('4711');
    expect(found['a.log']).toBe(`before\n${CONCEALED}\nafter`);
    expect(found['values.json']).toContain('BEGIN CERTIFICATE');
  });

  it('keeps names of secrets, numbers that only speak of tokens, and switches', () => {
    const content = {
      tokenLifetimeSeconds: 5,
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: 'registry' }],
      credentials: { existingSecret: 'mine', secretName: 'yours' },
    };
    expect(JSON.parse(files({ parts: [{ file: 'v.json', content }] })['v.json'] ?? '')).toEqual(content);
  });
});

describe('a list that is longer than what was read of it', () => {
  it('is named as missing, and a whole one is not', () => {
    expect(cutShort('events', { items: [1, 2], count: 2 })).toEqual([]);
    expect(cutShort('events', { items: [1, 2], count: 7 })).toEqual([
      { what: 'events', reason: 'There are 7, of which the first 2 were read.' },
    ]);
  });
});

describe('objects in it', () => {
  it('are without what only machines read', () => {
    const metadata = {
      name: 'a',
      managedFields: [1],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', 'mine/note': 'x' },
    };
    expect(slim({ id: 'a', type: 'x', links: {}, kind: 'StorageArray', metadata })).toEqual({
      kind: 'StorageArray',
      metadata: { name: 'a', annotations: { 'mine/note': 'x' } },
    });
    expect(slim({ metadata: { name: 'b', annotations: {} } })).toEqual({ metadata: { name: 'b' } });
  });

  it('tell of a pod how it is, and nothing of its environment', () => {
    const container = { name: 'driver', image: 'pure-pso:1', env: [{ name: 'A', value: 'hidden' }] };
    const summary = podSummary({
      metadata: { name: 'p' },
      spec: { nodeName: 'n', containers: [container] },
      status: { phase: 'Running' },
    });
    expect(summary).toEqual({
      name: 'p',
      labels: {},
      node: 'n',
      containers: [{ name: 'driver', image: 'pure-pso:1' }],
      status: { phase: 'Running' },
    });
    expect(podSummary({ metadata: { name: 'new' } })).toMatchObject({ node: '', containers: [], status: {} });
  });
});

describe('logs', () => {
  const pod = (name: string, component: string, ready: boolean, restartCount = 0): PodLike => ({
    metadata: { name, labels: { 'app.kubernetes.io/component': component } },
    spec: { containers: [{ name: 'driver' }] },
    status: { containerStatuses: [{ name: 'driver', ready, restartCount }] },
  });

  it('are asked of controllers first, then of what is not well, and of no more than so many', () => {
    const pods = [pod('n1', 'node', true), pod('n2', 'node', false, 3), pod('c1', 'controller', true)];
    expect(logPlaces(pods, 2)).toEqual([
      { pod: 'c1', container: 'driver', previous: false },
      { pod: 'n2', container: 'driver', previous: false },
      { pod: 'n2', container: 'driver', previous: true },
    ]);
    expect(logPlaces(pods, 9)).toHaveLength(4);
    expect(logPlaces([{ metadata: { name: 'new' } }], 9)).toEqual([]);
  });

  it('are asked of containers that run beside the others, too', () => {
    const sidecar: PodLike = {
      ...pod('c1', 'controller', true),
      spec: { initContainers: [{ name: 'driver' }], containers: [{ name: 'provisioner' }] },
      status: { initContainerStatuses: [{ name: 'driver', ready: true, restartCount: 1 }] },
    };
    expect(logPlaces([sidecar], 1).map(({ container, previous }) => [container, previous])).toEqual([
      ['driver', false],
      ['driver', true],
      ['provisioner', false],
    ]);
  });
});
