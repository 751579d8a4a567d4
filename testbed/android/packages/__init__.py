"""Installed packages: binary manifest, signature, install rules (AOSP frameworks/base PackageManagerService)."""
