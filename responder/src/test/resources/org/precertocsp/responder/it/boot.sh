#!/bin/sh
# Becomes the first process of a machine of its own, whose disk is the folder $1: a chroot with its own
# processes, mounts and control groups, and the network of this machine. Run by unshare(1).
set -eu
root=$1

mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
cd "$root"
pivot_root . mnt
umount -l mnt
# Told so, systemd does without what only hardware has.
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --unit=multi-user.target --log-target=journal
