//go:build tools

// Package tools pins the version of wskdeploy that `./build.sh tools` builds. Nothing of ours is in here.
package tools

import _ "github.com/apache/openwhisk-wskdeploy"
