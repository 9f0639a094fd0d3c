/** Names of this machine that no other machine can have. */

/** `localhost`, 127.0.0.0/8 and ::1, with or without brackets. */
export const isLoopback = (host: string): boolean => {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return name === 'localhost' || name === '::1' || /^127(\.[0-9]{1,3}){3}$/.test(name);
};

/** The host of a `Host` header, its port left out. */
export const hostOf = (header: string): string => header.trim().replace(/:[0-9]*$/, '');
