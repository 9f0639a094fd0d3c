//go:build tools

// Package tools names the command of the version before that the lab builds.
package tools

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
)
