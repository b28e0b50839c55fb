import { PsoError } from '../domain/errors.ts';
import { asList, asObject, asText } from './json.ts';
import type { KubeClient } from './kube-client.ts';

const PATH = '/apis/authentication.k8s.io/v1/tokenreviews';

/** What a ticket must be: a token of this service account, made for this audience and no other use. */
export interface TicketKind {
  readonly namespace: string;
  readonly account: string;
  readonly audience: string;
}

/** Asks the API server whose token it is (TokenReview). False for anything but a valid ticket. */
export async function isTicket(client: KubeClient, kind: TicketKind, token: string): Promise<boolean> {
  const { namespace, account, audience } = kind;
  const review = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token, audiences: [audience] },
  };
  const { status, body } = await client.request('POST', PATH, review).catch(() => ({ status: 0, body: null }));
  if (status !== 201 && status !== 200) {
    throw new PsoError(
      'api-server-silent',
      `The ticket could not be checked: the API server ${status === 0 ? 'did not answer' : `answered ${status}`}.`,
      'Ask again in some seconds.',
    );
  }
  const said = asObject(asObject(body).status);
  return (
    said.authenticated === true &&
    asText(asObject(said.user).username) === `system:serviceaccount:${namespace}:${account}` &&
    asList(said.audiences).includes(audience)
  );
}
