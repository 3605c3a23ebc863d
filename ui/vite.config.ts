import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// `callscope serve` embeds dist/ and answers /api on the same origin; in development the server runs beside it.
export default defineConfig({
  plugins: [react()],
  base: '/',
  build: { target: 'es2020', sourcemap: false, assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
  server: { proxy: { '/api': { target: process.env.CALLSCOPE_SERVER ?? 'http://127.0.0.1:8377' } } },
})
