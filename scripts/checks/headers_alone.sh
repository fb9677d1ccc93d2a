#!/usr/bin/env bash
# Every header compiles on its own. usage: headers_alone.sh [BUILD-FOLDER]
set -euo pipefail
cd "$(dirname "$0")/../.."
flags="-std=c++20 -fsyntax-only -I. -Wall -Wextra -Wno-pragma-once-outside-header -DSPDLOG_FMT_EXTERNAL $(pkg-config --cflags libdpdk opus spandsp | sed 's/-I/-isystem /g')"
export flags
git ls-files '*.h' | xargs -P "$(nproc)" -I{} bash -c 'g++ $flags -x c++ {} 2>/tmp/header_$$.log || { echo "not alone: {}"; head -5 /tmp/header_$$.log; rm -f /tmp/header_$$.log; exit 255; }; rm -f /tmp/header_$$.log'
echo "headers alone: ok"
