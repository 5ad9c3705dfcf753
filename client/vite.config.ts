import vue from '@vitejs/plugin-vue';
import type { Plugin } from 'vite';
import { defineConfig } from 'vite';

/**
 * The page opens its connection before Vue is loaded (main.ts): without this hint the browser would load Vue only when the
 * first file runs.
 */
function preloadDynamicChunks(): Plugin {
  return {
    name: 'preload-dynamic-chunks',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) =>
        Object.values(bundle ?? {})
          .filter((output) => output.type === 'chunk' && output.isDynamicEntry)
          .map((output) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `./${output.fileName}` },
            injectTo: 'head',
          })),
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  // Relative links work below any path prefix.
  base: './',
  plugins: [vue(), preloadDynamicChunks()],
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
  build: {
    outDir: '../dist/client',
    emptyOutDir: true,
    target: 'es2022',
    cssCodeSplit: false,
    modulePreload: { polyfill: false, resolveDependencies: () => [] },
    // Inlined files would need exceptions in a content security policy.
    assetsInlineLimit: 0,
  },
});
