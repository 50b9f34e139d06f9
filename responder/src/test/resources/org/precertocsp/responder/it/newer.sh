#!/bin/sh
# Makes of the Debian package $1 the same one with the version $2, in the folder $3: deb(5) is three
# members, each after a header of 60 octets that says its size, and the last one stays as it is.
set -eu

mkdir -p "$3/control"
cd "$3"
dpkg-deb --ctrl-tarfile "$1" | tar -x -C control
sed -i "s/^Version: .*/Version: $2/" control/control
tar -c -z -C control -f control.tar.gz .
printf '2.0\n' >debian-binary

member() {
  printf '%-16s%-12s%-6s%-6s%-8s%-10s`\n' "$1" 0 0 0 100644 "$(stat -c %s "$1")"
  cat "$1"
  [ $(($(stat -c %s "$1") % 2)) = 0 ] || printf '\n'
}
data_of() {
  control_at=$((8 + 60 + 4))
  size=$(tail -c +$((control_at + 49)) "$1" | head -c 10)
  tail -c +$((control_at + 60 + size + size % 2 + 1)) "$1"
}
{ printf '!<arch>\n'; member debian-binary; member control.tar.gz; data_of "$1"; } >newer.deb
