/** The page's files as they were built, for whoever reaches the port: they hold no data, and what they ask the API for needs its token. */
import { fileURLToPath } from 'node:url';
import express, { type Express, type RequestHandler, type Response } from 'express';

/** Beside the program, whether it runs from `src` or from `dist`. */
const builtPage = fileURLToPath(new URL('../../dist/page', import.meta.url));

const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Their names change with what is in them. */
const hashed = /[\\/]assets[\\/][^\\/]+-[\w-]{8,}\.\w+$/;

/** `root`: folder of the built page. */
export const addPage = (app: Express, root: string = builtPage): void => {
  const files = express.static(root, { dotfiles: 'ignore', redirect: false, cacheControl: false, setHeaders });
  app.use(notApi(files));
  app.get('/', (_request, response) => void response.type('text/plain').send(notBuilt));
};

const setHeaders = (response: Response, path: string): void => {
  const isHashed = hashed.test(path);
  response.set('Content-Security-Policy', pagePolicy);
  response.set('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
};

const notApi =
  (files: RequestHandler): RequestHandler =>
  (request, response, next) => {
    if (request.path === '/metrics' || request.path.startsWith('/api/')) next();
    else files(request, response, next);
  };

const notBuilt = `This is a Sluice controller. Its page is not built: run \`npm run build\` and load this again.
The API is at /api/v1/releases, described by /api/v1/openapi.json; \`sluice list\` asks it.
`;
