"""Builds app files, APK or IPA: the app's code, at most one seeded defect, a manifest or Info.plist, a signature."""
