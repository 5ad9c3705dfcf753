import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Desktop, startDesktop } from './desktop.js';
import type { Host } from './host.js';
import { type Lab, openLab } from './lab.js';
import type { Lan } from './lan.js';
import type { Link } from './link/link.js';
import type { LinkOptions } from './link/link-quality.js';
import { NetBrowser } from './net-browser.js';
import { HTTP_PORT, type NetServer, startNetServer } from './net-server.js';
import { type NetViewer, type NetViewerOptions, startNetViewer } from './net-viewer.js';

export interface LabTests {
  host(name: string): Host;
  lan(name: string): Lan;
  /** A cable with a rate, a delay and losses between two hosts. */
  link(name: string, options: LinkOptions): Promise<Link>;
  /** Starts the product on this host with these settings. */
  serve(host: Host, env: Readonly<Record<string, string>>): Promise<NetServer>;
  /** Opens a viewer on this host that reaches the product's page at `address`, an IP address or `address:port`. */
  view(host: Host, address: string, options?: NetViewerOptions): NetViewer;
  /** Opens the page in Chromium on this host and waits for the first frame. */
  browse(host: Host, address: string): Promise<NetBrowser>;
  /** The same without waiting for a frame. */
  open(host: Host, address: string): Promise<NetBrowser>;
  readonly server: NetServer;
}

/** Registers the hooks of a test file: one desktop for all its tests, and for each test a lab of its own. */
export function useLab(): LabTests {
  let desktop: Desktop;
  let lab: Lab;
  let server: NetServer | undefined;
  let viewers: NetViewer[] = [];
  let browsers: NetBrowser[] = [];
  beforeAll(async () => {
    desktop = await startDesktop();
  });
  afterAll(() => desktop?.stop());
  beforeEach(() => {
    lab = openLab();
  });
  afterEach(async () => {
    await Promise.all(viewers.map((viewer) => viewer.stop()));
    viewers = [];
    await Promise.all(browsers.map((browser) => browser.close()));
    browsers = [];
    await server?.stop();
    server = undefined;
    lab.close();
  });
  const running = () => {
    if (server === undefined) throw new Error('serve() comes first');
    return server;
  };
  const open = async (host: Host, address: string) => {
    const browser = await NetBrowser.open(host, running(), address);
    browsers.push(browser);
    return browser;
  };
  return {
    host: (name) => lab.host(name),
    lan: (name) => lab.lan(name),
    link: (name, options) => lab.link(name, options),
    get server() {
      return running();
    },
    async serve(host, env) {
      server = await startNetServer(host, desktop, env);
      return server;
    },
    view(host, address, options) {
      const viewer = startNetViewer(host, running(), withPort(address), options);
      viewers.push(viewer);
      return viewer;
    },
    async browse(host, address) {
      const browser = await open(host, address);
      await browser.picture();
      return browser;
    },
    open,
  };
}

function withPort(address: string): string {
  if (address.startsWith('[')) return address.endsWith(']') ? `${address}:${HTTP_PORT}` : address;
  return address.split(':').length === 2 ? address : `${address.includes(':') ? `[${address}]` : address}:${HTTP_PORT}`;
}
