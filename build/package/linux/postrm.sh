#!/bin/bash
# Debian runs this after the files are gone. What postinst.sh made goes too; an upgrade keeps it, since its postinst comes next.
# What people have in their own folders is theirs: docs/install.md says how to remove it.
set -e
case "$1" in
  remove | purge | disappear) ;;
  *) exit 0 ;;
esac
root="${DPKG_ROOT:-}"

profile="$root/etc/apparmor.d/scrim-desktop"
if [ -f "$profile" ]; then
  if [ -z "$root" ] && hash apparmor_parser 2>/dev/null; then
    apparmor_parser --remove "$profile" >/dev/null 2>&1 || true
  fi
  rm -f "$profile"
fi
if [ -z "$root" ] && hash update-desktop-database 2>/dev/null; then
  update-desktop-database -q /usr/share/applications || true
fi
