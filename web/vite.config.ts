import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The page is served from the same origin as the API; while developing, the local host stands behind the proxy.
const backend = process.env.BLASTLINE_API ?? 'http://127.0.0.1:7071';

export default defineConfig({
  plugins: [react()],
  server: { port: 5173, proxy: { '/api': { target: backend, changeOrigin: true, headers: { origin: backend } } } },
  build: {
    target: 'es2022',
    // Fonts and pictures stay files: the policy `default-src 'self'` allows no data: addresses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
    // Two pages: the app, and the reader of the API document, which the handler serves at /api/docs.
    rollupOptions: { input: ['index.html', 'docs.html'] },
    // Every browser of this target preloads modules by itself.
    modulePreload: { polyfill: false },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
} as Parameters<typeof defineConfig>[0] & { test: unknown });
