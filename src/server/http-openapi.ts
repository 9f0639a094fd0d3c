/** `/api/v1/openapi.json`: what can be asked here, for programs and for people who write them. */
import type { Express } from 'express';
import { openApiDocument } from './openapi/document.ts';

/** `version`: of the program. The document is made when somebody first asks for it. */
export const addOpenApi = (app: Express, version: string): void => {
  let made: object | null = null;
  app.get('/api/v1/openapi.json', (_request, response) => {
    made ??= openApiDocument(version);
    response.json(made);
  });
};
