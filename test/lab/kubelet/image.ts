/** What an image's name does here: nothing is pulled, a container runs its command; but some names can't be had. */
import type { Container } from './pod.ts';

/** `missing/anything` is not there, so that tests can deliver it. */
const notThere = /^missing\//;

export type Refusal = { readonly reason: string; readonly message: string } | null;

export function pullRefusal({ image }: Container): Refusal {
  return notThere.test(image)
    ? { reason: 'ErrImagePull', message: `failed to pull image "${image}": not found` }
    : null;
}

export const pullBackOff = ({ image }: Container): Refusal => ({
  reason: 'ImagePullBackOff',
  message: `Back-off pulling image "${image}"`,
});

export function commandRefusal({ image, command = [] }: Container): Refusal {
  if (command.length > 0) return null;
  return {
    reason: 'CreateContainerError',
    message: `a container of the lab needs a command: it has no image ${image} to take one from`,
  };
}
