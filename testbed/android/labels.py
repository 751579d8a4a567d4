"""SELinux contexts of processes and files (AOSP system/sepolicy: file_contexts, seapp_contexts, SELinuxContexts)."""

from testbed.android.users import FIRST_APP_UID, SHELL, User

FILES: tuple[tuple[str, str], ...] = (
    ("/data/app", "apk_data_file"),
    ("/data/local/tmp", "shell_data_file"),
    ("/data/misc/user", "misc_user_data_file"),
    ("/data/misc", "system_data_file"),
    ("/data", "system_data_file"),
    ("/sdcard", "media_rw_data_file"),
    ("/storage", "media_rw_data_file"),
    ("/apex", "apex_mnt_dir"),
    ("/system/etc/security/cacerts", "system_security_cacerts_file"),
    ("/system", "system_file"),
    ("/vendor", "vendor_file"),
    ("/proc", "proc"),
)
"""The first that the path lies in."""
APPS = ("/data/data/", "/data/user/0/")


def of_file(path: str, owner: int) -> str:
    """`owner` is the number of the file's user: an app's own files carry its categories."""
    if path.startswith(APPS) and owner >= FIRST_APP_UID:
        return f"u:object_r:app_data_file:{_level(owner)}"
    kind = next((kind for place, kind in FILES if path == place or path.startswith(f"{place}/")), "rootfs")
    return f"u:object_r:{kind}:s0"


def of_user(user: User) -> str:
    """What `id -Z` shows: `su` on a userdebug image, `runas_app` behind run-as."""
    if user.is_root:
        return "u:r:su:s0"
    return "u:r:shell:s0" if user == SHELL else f"u:r:runas_app:{_level(user.uid)}"


def _level(uid: int) -> str:
    """Two categories of the app and two of the user (libselinux android_seapp.c, levelFrom=all)."""
    app = uid - FIRST_APP_UID
    return f"s0:c{app & 0xFF},c{256 + (app >> 8 & 0xFF)},c512,c768"
