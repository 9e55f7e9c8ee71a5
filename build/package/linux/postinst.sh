#!/bin/bash
# Debian runs this after unpacking. It owns exactly two things, and postrm.sh takes both away: the mode of chrome-sandbox, and
# the AppArmor profile. With DPKG_ROOT set another system is being prepared: nothing that runs here is touched.
set -e
[ "$1" = configure ] || exit 0
root="${DPKG_ROOT:-}"
app="$root/opt/Scrim"

# Chromium's sandbox: user namespaces where an ordinary user may make them (tried, not guessed), else the setuid helper.
if [ -z "$root" ] && [ -L /proc/self/ns/user ] && runuser -u nobody -- unshare --user true 2>/dev/null; then
  chmod 0755 "$app/chrome-sandbox"
else
  chmod 4755 "$app/chrome-sandbox"
fi

# Ubuntu 24.04 and later give user namespaces to programs with a profile only. An AppArmor that is too old to know the profile needs none.
source="$app/resources/apparmor-profile"
profile="$root/etc/apparmor.d/scrim-desktop"
if [ -z "$root" ] && hash apparmor_parser 2>/dev/null && aa-enabled --quiet 2>/dev/null &&
  apparmor_parser --skip-kernel-load --skip-cache "$source" >/dev/null 2>&1; then
  cp -f "$source" "$profile"
  apparmor_parser --replace --write-cache --skip-read-cache "$profile" || true
fi

# Debian's own triggers do this where desktop-file-utils is installed; other systems that take .deb files may have none.
if [ -z "$root" ] && hash update-desktop-database 2>/dev/null; then
  update-desktop-database -q /usr/share/applications || true
fi
