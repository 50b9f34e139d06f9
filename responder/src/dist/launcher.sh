#!/bin/sh
# Starts @distribution.name@ on the runtime image beside it; no Java is needed on this machine.
# @distribution.options@ adds options to the virtual machine, such as -Xmx2g.
set -eu

self=$0
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=$(dirname "$self")/$link ;;
  esac
done
home=$(cd "$(dirname "$self")/.." && pwd)

# Java reads the names of files and arguments by the locale. Without one, as under systemd, cron and in
# containers, every name that is not ASCII could not be opened.
case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
  *[Uu][Tt][Ff]8* | *[Uu][Tt][Ff]-8*) ;;
  *) LC_ALL=C.UTF-8 && export LC_ALL ;;
esac

# One order everywhere, not the directory's: the prepared start fits only the class path it was made with.
classes=$(
  LC_ALL=C
  path=
  for jar in "$home"/lib/*.jar; do path=$path:$jar; done
  printf %s "${path#:}"
)
# Java passes over a prepared start that does not fit, such as after a copy that gave the files new
# times, or another collector; only slower, so it need not say so (-Xlog:aot tells).
prepared=$home/lib/start.aot
[ -f "$prepared" ] || prepared=
collector=@distribution.collector@
# Java optimizes a method that was called some thousand times. While a server starts, and in its first seconds,
# that took more of the processor than it saved: methods of the start, and of answers that the compiler
# before it had made fast enough. So each has to be called three times as often.
later='-XX:Tier4InvocationThreshold=15000 -XX:Tier4MinInvocationThreshold=1800 -XX:Tier4CompileThreshold=45000'
later="$later -XX:Tier4BackEdgeThreshold=120000"
# New objects live for one request, so room for more would only take memory; with 32 MB the collector took a tenth of
# the processor time of stored answers.
sizes='-Xms96m -Xmn48m'
case ${@distribution.options@:-} in *-XX:+Use*GC*) collector= sizes= ;; esac
# The C library would give each thread that allocates a heap of its own, up to eight for each processor, and
# fill them all.
MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-4} && export MALLOC_ARENA_MAX
# RocksDB would start a process to find out which C library there is.
ROCKSDB_MUSL_LIBC=${ROCKSDB_MUSL_LIBC:-false} && export ROCKSDB_MUSL_LIBC
# Without this directory each start would copy the libraries in machine code to /tmp, and leave them there when killed.
native=$home/lib/native
[ -d "$native" ] || native=
# Netty writes down where one buffer in 128 came from, to find leaks: a stack trace each time, a seventh of
# what a cached answer costs. The tests, which do not start here, run with it.

# shellcheck disable=SC2086 # the options are words
exec "$home/runtime/bin/java" \
  --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow \
  -XX:+UseCompactObjectHeaders \
  -XX:+ExitOnOutOfMemoryError \
  -Dfile.encoding=UTF-8 \
  "-Dprecertocsp.bin=$home/bin" \
  -Dio.netty.leakDetection.level=disabled \
  ${native:+"-Djava.library.path=$native"} \
  ${native:+-Dcom.amazon.corretto.crypto.provider.useExternalLib=true} \
  -Xlog:disable -Xlog:all=warning:stderr -Xlog:aot*=off:stderr -Xlog:cds*=off:stderr \
  ${prepared:+"-XX:AOTCache=$prepared"} \
  ${collector:+"$collector"} \
  ${sizes} \
  ${later} \
  ${@distribution.options@:-} \
  -cp "$classes" \
  @distribution.main@ "$@"
