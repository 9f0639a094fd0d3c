/** What makes an order its author's: the API server itself compares the name in it with whose request it is, and asks for their right. */

/** Of the policy and of its binding. */
const admissionName = 'releaseorders.sluice.dev';

/** What an order under another name is told; the controller tries one, to know that this is in force. */
export const notTheirName = 'spec.user is not who sends this';

const validations = [
  {
    expression: 'object.spec.user == request.userInfo.username',
    message: notTheirName,
    reason: 'Forbidden',
  },
  {
    expression: '!has(object.spec.groups) || object.spec.groups.all(each, each in request.userInfo.groups)',
    message: 'spec.groups names a group that who sends this is not in',
    reason: 'Forbidden',
  },
  {
    expression:
      "authorizer.group('sluice.dev').resource('releasepolicies').namespace(request.namespace).name(object.spec.policy).check(object.spec.action).allowed()",
    messageExpression:
      '\'%s lacks verb "%s" on releasepolicies.sluice.dev "%s" in namespace %s: a Role has to grant it\'.format([request.userInfo.username, object.spec.action, object.spec.policy, request.namespace])',
    reason: 'Forbidden',
  },
];

interface AdmissionObject {
  readonly apiVersion: 'admissionregistration.k8s.io/v1';
  readonly kind: 'ValidatingAdmissionPolicy' | 'ValidatingAdmissionPolicyBinding';
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

/** In the API server since Kubernetes 1.30; no webhook. */
export const orderAdmission = (): readonly AdmissionObject[] => [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: admissionName },
    spec: {
      failurePolicy: 'Fail',
      // One value to the server, defaults included: left out they were somebody else's for whoever applies it by the server next.
      matchConstraints: {
        matchPolicy: 'Equivalent',
        namespaceSelector: {},
        objectSelector: {},
        resourceRules: [
          {
            apiGroups: ['sluice.dev'],
            apiVersions: ['*'],
            operations: ['CREATE'],
            resources: ['releaseorders'],
            scope: '*',
          },
        ],
      },
      validations,
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: admissionName },
    spec: { policyName: admissionName, validationActions: ['Deny'] },
  },
];
