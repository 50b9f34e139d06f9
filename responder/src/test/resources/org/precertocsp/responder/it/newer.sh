#!/bin/sh
# Makes of the Debian package $1 the same one with the version $2, in the folder $3.
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
dpkg-deb --fsys-tarfile "$1" >data.tar
{ printf '!<arch>\n'; member debian-binary; member control.tar.gz; member data.tar; } >newer.deb
rm data.tar
