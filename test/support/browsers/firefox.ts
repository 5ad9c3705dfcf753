import { type Browser, launch } from 'puppeteer-core';

/** Settings of about:config that keep it from calling home and let the page play at once. */
const PREFERENCES = {
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'media.autoplay.default': 0,
  // Nothing of the kind is downloaded: VP8 is Firefox's own.
  'media.gmp-manager.updateEnabled': false,
  'media.gmp-provider.enabled': false,
  // Tests have no multicast DNS.
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.peerconnection.ice.loopback': true,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'http://127.0.0.1:9/',
  'toolkit.telemetry.enabled': false,
};

/** Debian's Firefox, headless, driven by WebDriver BiDi. */
export function launchFirefox(): Promise<Browser> {
  return launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
    headless: true,
    extraPrefsFirefox: PREFERENCES,
    env: { ...process.env, MOZ_DISABLE_CONTENT_SANDBOX: '1' },
  });
}
