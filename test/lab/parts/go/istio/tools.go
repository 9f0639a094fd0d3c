//go:build tools

// Package tools names the commands that the lab builds.
package tools

import (
	_ "istio.io/istio/pilot/cmd/pilot-discovery"
)
