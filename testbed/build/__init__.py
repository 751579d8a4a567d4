"""Builds app files: an APK with a binary manifest, the app's code, at most one seeded defect, and a signature."""
