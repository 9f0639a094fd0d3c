/** Names and addresses of this machine that no other machine can have. */

/** `localhost`, 127.0.0.0/8 and ::1; IPv6 with or without brackets, IPv4 also as it stands within IPv6. */
export const isLoopback = (host: string): boolean => {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name === '::1' || /^(::ffff:)?127(\.[0-9]{1,3}){3}$/.test(name);
};
