#!/bin/sh
# Mails what an operator needs to know; without sendmail it goes to the system's log.
#   alert.sh UNIT      run in the directory that holds settings.toml
set -u
unit=${1:-ihk-update.service}
PATH=$PWD/.venv/bin:$PATH:/usr/sbin

message() {
  printf 'To: %s\nSubject: ihk: %s failed\nContent-Type: text/plain; charset=utf-8\n\n' \
    "${IHK_ALERT_TO:-root}" "$unit"
  ihk status 2>&1
  printf '\n'
  journalctl --unit "$unit" --lines 20 --no-pager --output cat 2>/dev/null
}

if command -v sendmail >/dev/null; then
  message | sendmail -t
else
  message | logger -t ihk -p user.err
fi
