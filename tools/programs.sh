#!/bin/sh
# Programs that tests ask for and no Python package brings: a browser, Chinese fonts, a software
# token, a reader of PDF. Installed by apt where it is there and root allows it; elsewhere the tests
# that need one skip and name it.
missing=""
have() { command -v "$1" >/dev/null 2>&1; }
have chromium || have google-chrome || missing="$missing chromium"
fc-list 2>/dev/null | grep -qi "CJK" || missing="$missing fonts-noto-cjk"
have softhsm2-util || missing="$missing softhsm2"
have openssl || missing="$missing openssl"
have pdftoppm || missing="$missing poppler-utils"
[ -z "$missing" ] && exit 0
if have apt-get && [ "$(id -u)" = 0 ]; then
  echo "Installing$missing"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null && exit 0
fi
echo "Not installed:$missing. Tests that need them are skipped; on Debian: apt-get install$missing"
