import { TransportError, type HttpRequest, type HttpResponse, type Transport } from './transport.ts';

const SESSION = /^\/api(?:\/2\.\d+)?\/log(?:in|out)$/;

/**
 * For a look at something that may be no array at all: nothing can be changed through it, what did not connect is not tried
 * twice, and what is no success keeps its status only, as the words may be anybody's.
 */
export class ReadingTransport implements Transport {
  readonly #transport: Transport;
  #unconnected: TransportError | null = null;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async exchange(request: HttpRequest): Promise<HttpResponse> {
    const { method, path } = request;
    if (method !== 'GET' && !(method === 'POST' && SESSION.test(path))) {
      throw new TransportError('cancelled', 'not-sent', `${method} ${path} would change something`);
    }
    if (this.#unconnected) throw this.#unconnected;
    try {
      const answer = await this.#transport.exchange(request);
      return answer.status >= 200 && answer.status < 300 ? answer : { ...answer, headers: {}, body: '' };
    } catch (error) {
      if (error instanceof TransportError && error.sent === 'not-sent') this.#unconnected = error;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }
}
