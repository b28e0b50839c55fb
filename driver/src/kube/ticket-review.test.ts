import { describe, expect, it } from '@jest/globals';
import type { KubeAnswer, KubeClient, KubeMethod } from './kube-client.ts';
import { isTicket } from './ticket-review.ts';

const KIND = { namespace: 'storage', account: 'pure-pso-array-check', audience: 'array-check' };
const OWNER = 'system:serviceaccount:storage:pure-pso-array-check';

/** An API server that knows whose each token is, and what for. */
class Reviewer implements KubeClient {
  readonly seen: string[] = [];
  readonly #answer: (spec: unknown) => KubeAnswer | Error;

  constructor(answer: (spec: unknown) => KubeAnswer | Error) {
    this.#answer = answer;
  }

  request(method: KubeMethod, path: string, body?: unknown): Promise<KubeAnswer> {
    this.seen.push(`${method} ${path}`);
    const answer = this.#answer((body as { spec: unknown }).spec);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }

  stream(): Promise<void> {
    return Promise.reject(new Error('nothing to watch'));
  }
}

const review = (status: object): ((spec: unknown) => KubeAnswer) => {
  return spec => {
    expect(spec).toEqual({ token: 'ticket', audiences: ['array-check'] });
    return { status: 201, body: { status } };
  };
};
const valid = { authenticated: true, user: { username: OWNER }, audiences: ['array-check'] };

describe('a ticket', () => {
  it('is a token of that account for that audience', async () => {
    const api = new Reviewer(review(valid));
    expect(await isTicket(api, KIND, 'ticket')).toBe(true);
    expect(api.seen).toEqual(['POST /apis/authentication.k8s.io/v1/tokenreviews']);
  });

  it.each<[string, object]>([
    ['unknown', { authenticated: false, error: 'invalid bearer token' }],
    ['of another account', { ...valid, user: { username: 'system:serviceaccount:storage:default' } }],
    ['of another namespace', { ...valid, user: { username: OWNER.replace(':storage:', ':other:') } }],
    ['for another audience', { ...valid, audiences: ['https://kubernetes.default.svc'] }],
    ['for the API server itself', { ...valid, audiences: undefined }],
    ['not told of', {}],
  ])('is none when it is %s', async (_what, status) => {
    expect(await isTicket(new Reviewer(review(status)), KIND, 'ticket')).toBe(false);
  });

  it.each([new Error('ECONNREFUSED'), { status: 403, body: {} }])(
    'is neither valid nor invalid while the API server does not say',
    async answer => {
      const asked = isTicket(new Reviewer(() => answer), KIND, 'ticket');
      await expect(asked).rejects.toMatchObject({ id: 'api-server-silent' });
    },
  );
});
