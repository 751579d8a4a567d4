"""What the image itself mounts, as `mount` lists it on an emulator (Android 13)."""

IMAGE_MOUNTS = (
    "/dev/block/dm-5 on / type ext4 (ro,seclabel,relatime)",
    "tmpfs on /dev type tmpfs (rw,seclabel,nosuid,relatime,mode=755)",
    "proc on /proc type proc (rw,relatime,gid=3009,hidepid=2)",
    "tmpfs on /apex type tmpfs (rw,seclabel,nosuid,nodev,noexec,relatime,mode=755)",
    "/dev/block/dm-9 on /apex/com.android.conscrypt type ext4 (ro,dirsync,seclabel,nodev,noatime)",
    "/dev/block/dm-38 on /data type ext4 (rw,seclabel,nosuid,nodev,noatime)",
    "/dev/fuse on /storage/emulated type fuse (rw,nosuid,nodev,noexec,noatime)",
)
