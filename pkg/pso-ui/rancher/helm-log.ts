/** What Helm says while an operation runs. It is a comfort: without a connection it stays empty. */
export class HelmLog {
  text = '';
  /** Helm's pod is done; false as well when nothing could be read. */
  hasEnded = false;
  readonly #socket: WebSocket;

  /** `link`: address of the operation's link `logs`. */
  constructor(link: string) {
    this.#socket = new WebSocket(link.replace(/^http/, 'ws'), 'base64.binary.k8s.io');
    this.#socket.onmessage = ({ data }) => {
      this.text += decode(String(data));
    };
    this.#socket.onclose = () => {
      this.hasEnded = this.text !== '';
    };
  }

  close(): void {
    this.#socket.close();
  }
}

const decode = (base64: string): string =>
  new TextDecoder().decode(Uint8Array.from(atob(base64), char => char.charCodeAt(0)));
