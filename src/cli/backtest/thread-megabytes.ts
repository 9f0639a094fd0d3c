/** The memory that a thread's heap may take: a chunk of history fits several times; without a bound the collector waits for long. */
export const threadMegabytes = { maxOldGenerationSizeMb: 40, maxYoungGenerationSizeMb: 8 } as const;
