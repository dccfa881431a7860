#!/bin/sh
# Every C file looks as .clang-format says.
set -eu
find daemon include tests -name '*.[ch]' -print0 | xargs -0 clang-format-14 --dry-run -Werror
