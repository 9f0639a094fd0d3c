/** `/metrics`, sent as it is made: with a thousand releases it is megabytes, and neither a rollback nor a probe waits for all of it. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import type { Express, Response } from 'express';
import type { Metrics } from '../telemetry/metrics.ts';

export const addMetrics = (app: Express, metrics: Metrics): void => {
  app.get('/metrics', async (request, response) => {
    response.type(metrics.contentType).vary('Accept-Encoding');
    // Some ahead: made here while others are packed on a thread.
    const pieces = Readable.from(metrics.pieces(), { highWaterMark: 8 });
    const packed = request.acceptsEncodings('gzip', 'identity') === 'gzip';
    await untilGone(packed ? sendPacked(pieces, response) : pipeline(pieces, response));
  });
};

/** Prometheus asks for it: at the fastest level a tenth of the bytes are left. */
const sendPacked = (pieces: Readable, response: Response): Promise<void> => {
  response.set('Content-Encoding', 'gzip');
  return pipeline(pieces, createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 65_536, memLevel: 9 }), response);
};

/** Whoever hangs up before the end wants no more of it: that is no failure. */
const untilGone = async (sent: Promise<void>): Promise<void> => {
  try {
    await sent;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
  }
};
