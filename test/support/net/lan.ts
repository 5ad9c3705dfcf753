import { execFileSync } from 'node:child_process';

/** An Ethernet switch: a bridge in a namespace of its own. */
export class Lan {
  #ports = 0;

  constructor(readonly namespace: string) {
    this.#ip('link', 'add', 'switch', 'type', 'bridge');
    this.#ip('link', 'set', 'switch', 'up');
  }

  /** Lays a cable to an interface of another namespace, which it makes. */
  connect(namespace: string, interfaceName: string): void {
    const port = `port${++this.#ports}`;
    execFileSync(
      'ip',
      `link add ${port} netns ${this.namespace} type veth peer name ${interfaceName} netns ${namespace}`.split(' '),
    );
    this.#ip('link', 'set', port, 'master', 'switch', 'up');
  }

  #ip(...args: string[]): void {
    execFileSync('ip', ['-n', this.namespace, ...args]);
  }
}
