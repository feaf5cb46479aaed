#!/usr/bin/env bash
# Ask the system's package manager for what pip cannot bring.
#   scripts/system.sh python    a Python with venv
#   scripts/system.sh office    LibreOffice, its Python bridge, fonts, poppler, a screen without a
#                               monitor and a mouse for it (for the tests)
#   scripts/system.sh browser   Chromium (for the tests)
#   scripts/system.sh mail      Dovecot, a mail server, and openssl (for the tests)
# Only Debian's apt is known; elsewhere this says what to install and goes on.
set -euo pipefail

python=${PYTHON:-python3}

root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_apt() {
  command -v apt-get >/dev/null 2>&1 || return 1
  [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}

apt() {
  export DEBIAN_FRONTEND=noninteractive
  root env DEBIAN_FRONTEND=noninteractive apt-get update -qq || true
  root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

need_python() {
  if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    return 0
  fi
  if can_apt; then
    echo "installing python3 and python3-venv (apt)" >&2
    apt python3 python3-venv
  fi
  if ! "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'; then
    echo "Python 3.11 or newer with venv is needed; name it with: make PYTHON=/path/to/python3" >&2
    return 1
  fi
}

has_writer() {
  local program
  program=$(command -v soffice 2>/dev/null) || return 1
  ls "$(dirname "$(readlink -f "$program")")"/libswlo.* >/dev/null 2>&1
}

need_office() {
  local missing=()
  command -v soffice >/dev/null 2>&1 || missing+=(libreoffice-calc)
  # Word reports (.doc, .rtf) are read through it.
  has_writer || missing+=(libreoffice-writer)
  command -v pdftoppm >/dev/null 2>&1 || missing+=(poppler-utils)
  command -v Xvfb >/dev/null 2>&1 || missing+=(xvfb)
  command -v xdotool >/dev/null 2>&1 || missing+=(xdotool)
  # As wide as Excel's Calibri: column widths in the .ods forms follow the default font.
  fc-list 2>/dev/null | grep -qi carlito || missing+=(fonts-crosextra-carlito)
  /usr/bin/python3 -c 'import uno' 2>/dev/null || missing+=(python3-uno)
  if ! fc-list :lang=zh-cn family 2>/dev/null | grep -q .; then
    missing+=(fontconfig fonts-noto-cjk fonts-arphic-gbsn00lp fonts-arphic-gkai00mp)
  fi
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! can_apt; then
    echo "no apt here (or no right to use it): tests that need LibreOffice are skipped" >&2
  else
    echo "installing ${missing[*]} (apt)" >&2
    apt "${missing[@]}" || echo "apt could not provide them: tests that need LibreOffice are skipped" >&2
  fi
}

need_mail() {
  local missing=() path=$PATH:/usr/sbin:/usr/local/sbin
  PATH=$path command -v dovecot >/dev/null 2>&1 || missing+=(dovecot-imapd)
  command -v openssl >/dev/null 2>&1 || missing+=(openssl)
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! can_apt; then
    echo "no apt here (or no right to use it): tests that need a mail server are skipped" >&2
  else
    echo "installing ${missing[*]} (apt)" >&2
    apt "${missing[@]}" || echo "apt could not provide them: tests that need a mail server are skipped" >&2
    # The tests start their own; the system's is not wanted.
    if [[ " ${missing[*]} " == *dovecot* ]] && [ -d /run/systemd/system ]; then
      root systemctl disable --quiet --now dovecot.service || true
    fi
  fi
}

need_browser() {
  local name
  for name in chromium chromium-browser google-chrome-stable google-chrome; do
    ! command -v "$name" >/dev/null 2>&1 || return 0
  done
  if ! can_apt; then
    echo "no apt here (or no right to use it): tests that need a browser are skipped" >&2
  else
    echo "installing chromium (apt)" >&2
    apt chromium || echo "apt could not provide it: tests that need a browser are skipped" >&2
  fi
}

case "${1:-}" in
  python) need_python ;;
  office) need_office ;;
  mail) need_mail ;;
  browser) need_browser ;;
  *) echo "usage: scripts/system.sh python|office|mail|browser" >&2; exit 2 ;;
esac
