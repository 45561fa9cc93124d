//go:build tools

// Package tools pins the version of wsk that `./build.sh tools` builds. Nothing of ours is in here.
package tools

import _ "github.com/sciabarracom/openwhisk-cli"
